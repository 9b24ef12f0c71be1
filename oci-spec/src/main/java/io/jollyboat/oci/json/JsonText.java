package io.jollyboat.oci.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * JSON text to trees of {@code Map}, {@code List}, {@code String}, {@code Number} and {@code
 * Boolean}, and back. A member that is null is left out. Documents are limited in size and depth,
 * and no name may occur twice in an object: readers that disagree on which counts can be fooled.
 */
public final class JsonText {
  public static final int MAX_BYTES = 8 * 1024 * 1024;
  public static final int MAX_DEPTH = 64;

  private static final Object NULL = new Object();

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private JsonText() {}

  /**
   * Reads one object and nothing else.
   *
   * @throws JsonTextException for anything else
   */
  public static Map<String, Object> parse(byte[] document) {
    if (document.length > MAX_BYTES) {
      throw new JsonTextException(document.length + " bytes, more than the limit of " + MAX_BYTES);
    }
    try (JsonParser parser = FACTORY.createParser(document)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new JsonTextException("not a JSON object");
      }
      Map<String, Object> members = object(parser);
      if (parser.nextToken() != null) {
        throw new JsonTextException("more follows after the JSON object");
      }
      return members;
    } catch (IOException e) {
      throw new JsonTextException("malformed JSON: " + e.getMessage(), e);
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

  private static List<Object> array(JsonParser parser) throws IOException {
    List<Object> elements = new ArrayList<>();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      elements.add(value(parser, token));
    }
    return elements;
  }

  private static Object value(JsonParser parser, @Nullable JsonToken token) throws IOException {
    if (token == null) {
      throw new JsonTextException("malformed JSON: it ends within a value");
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

  /** Whole numbers are {@code Long} wherever they fit: values are compared. */
  private static Number number(Number number) {
    return number instanceof Integer ? Long.valueOf(number.longValue()) : number;
  }

  /** Without blanks, on one line, members in their order. */
  public static String write(Object value) {
    return write(value, false, false);
  }

  /** As {@link #write(Object)}, the members of every object in the order of their names. */
  public static String writeSorted(Object value) {
    return write(value, true, false);
  }

  /** For people, members in their order. */
  public static String writePretty(Object value) {
    return write(value, false, true);
  }

  private static String write(Object value, boolean sorted, boolean pretty) {
    StringWriter out = new StringWriter();
    try (JsonGenerator generator = FACTORY.createGenerator(out)) {
      if (pretty) {
        generator.setPrettyPrinter(new DefaultPrettyPrinter());
      }
      write(generator, value, sorted);
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory cannot fail", e);
    }
    return out.toString();
  }

  private static void write(JsonGenerator generator, Object value, boolean sorted)
      throws IOException {
    if (value instanceof Map<?, ?> members) {
      generator.writeStartObject();
      for (Map.Entry<?, ?> member : (sorted ? new TreeMap<>(members) : members).entrySet()) {
        generator.writeFieldName((String) member.getKey());
        write(generator, member.getValue(), sorted);
      }
      generator.writeEndObject();
    } else if (value instanceof List<?> elements) {
      generator.writeStartArray();
      for (Object element : elements) {
        write(generator, element, sorted);
      }
      generator.writeEndArray();
    } else if (value instanceof Boolean truth) {
      generator.writeBoolean(truth);
    } else if (value instanceof Number number) {
      generator.writeNumber(number.toString());
    } else if (value == NULL) {
      generator.writeNull();
    } else {
      generator.writeString(value.toString());
    }
  }
}
