package io.jollyboat.dockerfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class RunHeredocTest {
  private static final List<String> SHELL = List.of("sh", "-c");

  @Test
  void heredocAlone_isTheTextOfTheShell() {
    assertEquals(List.of("sh", "-c", "echo\n"), run("<<A\necho\nA\n").arguments(SHELL));
  }

  @Test
  void heredocBeforeACommand_isForTheShellToRead() {
    Run run = run("<<A cat > /x\nthree\nA\n");
    String text = run.arguments(SHELL).get(2);
    assertTrue(text.startsWith("<<A cat > /x\nthree\nA"), text);
    assertFalse(run("<<A cat > /x\n#!/bin/cat\nA\n").script().isPresent());
  }

  private static Run run(String text) {
    Dockerfile parsed = Dockerfile.parse("FROM scratch\nRUN " + text);
    return (Run) parsed.stages().get(0).instructions().get(0);
  }
}
