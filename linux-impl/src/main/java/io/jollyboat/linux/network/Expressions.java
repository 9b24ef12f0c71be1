package io.jollyboat.linux.network;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * What one packet rule asks and does: expressions that load a register, compare it, and give a
 * verdict. A comparison that fails ends the rule. Not safe for use by several threads.
 */
final class Expressions {

  private static final int LIST_ELEMENT = 1;
  private static final int EXPRESSION_NAME = 1;
  private static final int EXPRESSION_DATA = 2;
  private static final int REGISTER_VERDICT = 0;
  private static final int REGISTER = 1;

  private static final int META_INPUT_NAME = 6;
  private static final int META_OUTPUT_NAME = 7;
  private static final int CONNECTION_STATE = 0;
  private static final int CONNECTION_STATUS = 2;
  private static final int STATE_ESTABLISHED = 1 << 1;
  private static final int STATE_RELATED = 1 << 2;
  private static final int STATE_NEW = 1 << 3;
  private static final int STATUS_REDIRECTED = 1 << 5;
  private static final int NETWORK_HEADER = 1;
  private static final int SOURCE_ADDRESS_OFFSET = 12;

  private static final int EQUAL = 0;
  private static final int NOT_EQUAL = 1;
  private static final int VALUE = 1;
  private static final int VERDICT = 2;
  private static final int VERDICT_CODE = 1;
  private static final int DROP = 0;
  private static final int ACCEPT = 1;

  private static final int LINK_NAME = 16;

  private final Attributes list = new Attributes();

  /** A link's whole name as a register holds it; a shorter array stands for all that begin so. */
  static byte[] linkName(String name) {
    return Arrays.copyOf(name.getBytes(UTF_8), LINK_NAME);
  }

  /** The expressions as the attribute of a rule. */
  Attributes list() {
    return list;
  }

  Expressions inputIs(byte[] name) {
    return loadMeta(META_INPUT_NAME).compare(EQUAL, name);
  }

  Expressions outputIs(byte[] name) {
    return loadMeta(META_OUTPUT_NAME).compare(EQUAL, name);
  }

  Expressions outputIsNot(byte[] name) {
    return loadMeta(META_OUTPUT_NAME).compare(NOT_EQUAL, name);
  }

  Expressions sourceIn(Ipv4Network network) {
    return loadSource(network).compare(EQUAL, Attributes.netOrder(network.first()));
  }

  Expressions sourceNotIn(Ipv4Network network) {
    return loadSource(network).compare(NOT_EQUAL, Attributes.netOrder(network.first()));
  }

  /** An answer within a connection, or what belongs to one, such as an ICMP error. */
  Expressions knownConnection() {
    return loadConnection(CONNECTION_STATE)
        .and(Attributes.hostOrder(STATE_ESTABLISHED | STATE_RELATED))
        .compare(NOT_EQUAL, new byte[4]);
  }

  Expressions newConnection() {
    return loadConnection(CONNECTION_STATE)
        .and(Attributes.hostOrder(STATE_NEW))
        .compare(NOT_EQUAL, new byte[4]);
  }

  /** Not one whose destination a rule of this machine has changed: a port that it publishes. */
  Expressions notRedirected() {
    return loadConnection(CONNECTION_STATUS)
        .and(Attributes.hostOrder(STATUS_REDIRECTED))
        .compare(EQUAL, new byte[4]);
  }

  Expressions masquerade() {
    return add("masq", new Attributes());
  }

  Expressions accept() {
    return verdict(ACCEPT);
  }

  Expressions drop() {
    return verdict(DROP);
  }

  private Expressions loadMeta(int key) {
    return add("meta", new Attributes().netNumber(2, key).netNumber(1, REGISTER));
  }

  private Expressions loadConnection(int key) {
    return add("ct", new Attributes().netNumber(2, key).netNumber(1, REGISTER));
  }

  private Expressions loadSource(Ipv4Network network) {
    Attributes source =
        new Attributes()
            .netNumber(1, REGISTER)
            .netNumber(2, NETWORK_HEADER)
            .netNumber(3, SOURCE_ADDRESS_OFFSET)
            .netNumber(4, 4);
    return add("payload", source).and(Attributes.netOrder(network.mask()));
  }

  private Expressions and(byte[] mask) {
    Attributes operation =
        new Attributes()
            .netNumber(1, REGISTER)
            .netNumber(2, REGISTER)
            .netNumber(3, mask.length)
            .nest(4, new Attributes().bytes(VALUE, mask))
            .nest(5, new Attributes().bytes(VALUE, new byte[mask.length]));
    return add("bitwise", operation);
  }

  private Expressions compare(int operator, byte[] value) {
    Attributes operation =
        new Attributes()
            .netNumber(1, REGISTER)
            .netNumber(2, operator)
            .nest(3, new Attributes().bytes(VALUE, value));
    return add("cmp", operation);
  }

  private Expressions verdict(int code) {
    Attributes verdict = new Attributes().netNumber(VERDICT_CODE, code);
    Attributes operation =
        new Attributes()
            .netNumber(1, REGISTER_VERDICT)
            .nest(2, new Attributes().nest(VERDICT, verdict));
    return add("immediate", operation);
  }

  private Expressions add(String name, Attributes data) {
    Attributes expression =
        new Attributes().text(EXPRESSION_NAME, name).nest(EXPRESSION_DATA, data);
    list.nest(LIST_ELEMENT, expression);
    return this;
  }
}
