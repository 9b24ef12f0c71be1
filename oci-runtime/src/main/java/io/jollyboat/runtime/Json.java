package io.jollyboat.runtime;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON text to trees of {@code Map}, {@code List}, {@code String}, {@code Number} and {@code
 * Boolean}, and back, members in their order. A member that is null is left out.
 */
final class Json {
  private static final int MAX_BYTES = 8 << 20;
  private static final int MAX_DEPTH = 64;
  private static final Object NULL = new Object();

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .build();

  private Json() {}

  /** Reads one object and nothing else; {@code what} names the document in errors. */
  static Fields parse(byte[] document, String what) {
    if (document.length > MAX_BYTES) {
      throw new RuntimeFailure(what + ": longer than " + MAX_BYTES + " bytes");
    }
    try (JsonParser parser = FACTORY.createParser(document)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new RuntimeFailure(what + ": not a JSON object");
      }
      Map<String, Object> members = object(parser);
      if (parser.nextToken() != null) {
        throw new RuntimeFailure(what + ": more follows after the JSON object");
      }
      return new Fields(members, what);
    } catch (IOException e) {
      throw new RuntimeFailure(what + ": malformed JSON: " + e.getMessage(), e);
    }
  }

  private static Map<String, Object> object(JsonParser parser) throws IOException {
    Map<String, Object> members = new LinkedHashMap<>();
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      Object value = value(parser, parser.nextToken());
      if (value != NULL) {
        members.put(name, value);
      }
    }
    return members;
  }

  private static Object value(JsonParser parser, @Nullable JsonToken token) throws IOException {
    if (token == null) {
      throw new IOException("it ends within a value");
    }
    return switch (token) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> array(parser);
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser.getNumberValue());
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> NULL;
    };
  }

  private static Number number(Number number) {
    return number instanceof Integer ? Long.valueOf(number.longValue()) : number;
  }

  private static List<Object> array(JsonParser parser) throws IOException {
    List<Object> elements = new ArrayList<>();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      elements.add(value(parser, token));
    }
    return elements;
  }

  /** Without blanks, on one line. */
  static String write(Object value) {
    return write(value, false);
  }

  /** For people. */
  static String writePretty(Object value) {
    return write(value, true);
  }

  private static String write(Object value, boolean pretty) {
    StringWriter out = new StringWriter();
    try (JsonGenerator generator = FACTORY.createGenerator(out)) {
      if (pretty) {
        generator.setPrettyPrinter(new DefaultPrettyPrinter());
      }
      write(generator, value);
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory cannot fail", e);
    }
    return out.toString();
  }

  private static void write(JsonGenerator generator, Object value) throws IOException {
    if (value instanceof Map<?, ?> members) {
      generator.writeStartObject();
      for (Map.Entry<?, ?> member : members.entrySet()) {
        generator.writeFieldName((String) member.getKey());
        write(generator, member.getValue());
      }
      generator.writeEndObject();
    } else if (value instanceof List<?> elements) {
      generator.writeStartArray();
      for (Object element : elements) {
        write(generator, element);
      }
      generator.writeEndArray();
    } else if (value instanceof Boolean truth) {
      generator.writeBoolean(truth);
    } else if (value instanceof Number number) {
      generator.writeNumber(number.toString());
    } else {
      generator.writeString(value.toString());
    }
  }
}
