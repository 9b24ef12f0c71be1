package io.jollyboat.dockerfile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class RoundTripTest {
  private static final int ROUNDS = 5_000;

  @Test
  void print_anyInstruction_readsBackEqual() {
    RandomInstructions instructions = new RandomInstructions(42);
    for (int i = 0; i < ROUNDS; i++) {
      Instruction instruction = instructions.next();
      String text = "FROM scratch\n" + instruction + "\n";

      List<Instruction> read = parse(text);

      assertEquals(2, read.size(), text);
      assertEquals(instruction, read.get(1), text);
      assertEquals(instruction.toString(), read.get(1).toString());
    }
  }

  @Test
  void literal_anyText_expandsToItself() {
    RandomInstructions texts = new RandomInstructions(7);
    for (int i = 0; i < ROUNDS; i++) {
      String text = texts.text();

      Word word = Word.literal(text);

      assertEquals(text, word.value());
      assertEquals(text, Word.of(word.raw()).expand(name -> "wrong"));
      assertEquals(word, Word.of(word.raw()));
    }
  }

  @Test
  void joined_anyWord_keepsItsValue() {
    RandomInstructions words = new RandomInstructions(11);
    for (int i = 0; i < ROUNDS; i++) {
      Word word = words.word();

      String value = value(word);

      assertEquals(value, value(word.joined()), word.raw());
      assertEquals(value, value(Word.of(word.rawAsOneWord())), word.raw());
    }
  }

  private static List<Instruction> parse(String text) {
    try {
      return Dockerfile.parse(text).instructions();
    } catch (DockerfileSyntaxException e) {
      throw new AssertionError(text, e);
    }
  }

  private static String value(Word word) {
    try {
      return word.expand(name -> name.equals("x") ? null : "value of " + name);
    } catch (DockerfileSyntaxException e) {
      return "error " + e.problem();
    }
  }
}
