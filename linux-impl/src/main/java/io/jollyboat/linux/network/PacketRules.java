package io.jollyboat.linux.network;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.KernelException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Tables of nf_tables for IPv4, changed by transactions over netlink: each is carried out wholly or
 * not at all. Numbers are those of {@code linux/netfilter/nf_tables.h}. Immutable.
 */
final class PacketRules {

  private static final int SUBSYSTEM = 10 << 8;
  private static final int BATCH_BEGIN = 0x10;
  private static final int BATCH_END = 0x11;
  private static final int NEWTABLE = SUBSYSTEM;
  private static final int GETTABLE = SUBSYSTEM | 1;
  private static final int DELTABLE = SUBSYSTEM | 2;
  private static final int NEWCHAIN = SUBSYSTEM | 3;
  private static final int NEWRULE = SUBSYSTEM | 6;
  private static final int GETRULE = SUBSYSTEM | 7;
  private static final int DELRULE = SUBSYSTEM | 8;

  private static final int FAMILY_NONE = 0;
  private static final int FAMILY_IPV4 = 2;
  private static final int HEADER = 4;
  private static final int APPEND = 0x800;

  private static final int TABLE_NAME = 1;
  private static final int CHAIN_TABLE = 1;
  private static final int CHAIN_NAME = 3;
  private static final int CHAIN_HOOK = 4;
  private static final int CHAIN_TYPE = 7;
  private static final int HOOK_NUMBER = 1;
  private static final int HOOK_PRIORITY = 2;
  private static final int RULE_TABLE = 1;
  private static final int RULE_CHAIN = 2;
  private static final int RULE_HANDLE = 3;
  private static final int RULE_EXPRESSIONS = 4;
  private static final int RULE_USERDATA = 7;

  private static final int HOOK_FORWARD = 2;
  private static final int HOOK_POSTROUTING = 4;
  private static final int PRIORITY_FILTER = 0;
  private static final int PRIORITY_SOURCE_NAT = 100;

  /** The chain that Docker keeps for rules of others, which it asks before its own. */
  private static final String DOCKER_TABLE = "filter";

  private static final String DOCKER_CHAIN = "DOCKER-USER";

  private PacketRules() {}

  /** What the rules of a bridge speak of. */
  record Bridge(String name, Ipv4Network subnet, List<String> guardedUplinks) {}

  /** The names of all tables. */
  static List<String> tables() {
    try (NetlinkSocket socket = NetlinkSocket.netfilter()) {
      NetlinkMessage query = message(GETTABLE, 0, "list", "packet tables", new Attributes());
      return socket.dump(query).stream()
          .map(body -> AttributeReader.of(body, HEADER).text(TABLE_NAME).orElse(""))
          .toList();
    }
  }

  /**
   * Makes {@code table}, anew if it exists: what leaves the bridge for elsewhere gets the machine's
   * address; nobody but the machine itself opens connections to what is on the bridge; only
   * addresses of the subnet may send from it; and an uplink whose forwarding was off before routes
   * for the bridges alone.
   */
  static void install(String table, Bridge bridge) {
    List<NetlinkMessage> messages = new ArrayList<>();
    messages.add(message(NEWTABLE, NetlinkMessage.CREATE, "create table", table, name(table)));
    messages.add(message(DELTABLE, 0, "delete table", table, name(table)));
    messages.add(message(NEWTABLE, NetlinkMessage.CREATE, "create table", table, name(table)));
    messages.add(chain(table, "postrouting", "nat", HOOK_POSTROUTING, PRIORITY_SOURCE_NAT));
    messages.add(chain(table, "forward", "filter", HOOK_FORWARD, PRIORITY_FILTER));
    byte[] name = Expressions.linkName(bridge.name());
    messages.add(
        rule(
            table,
            "postrouting",
            new Expressions().sourceIn(bridge.subnet()).outputIsNot(name).masquerade()));
    for (Expressions rule : forwarding(bridge, name)) {
      messages.add(rule(table, "forward", rule));
    }
    transaction(messages);
  }

  /** Deletes {@code table} with all that is in it; one that is not there is no error. */
  static void remove(String table) {
    try {
      transaction(List.of(message(DELTABLE, 0, "delete table", table, name(table))));
    } catch (KernelException e) {
      if (!e.is(Errno.ENOENT)) {
        throw e;
      }
    }
  }

  /**
   * Lets the bridge's packets pass Docker's own filter, which may drop whatever is not Docker's.
   *
   * @param tag a remark on the two rules, by which they are found again
   * @return false if there is no such filter: nothing to do
   */
  static boolean passDocker(String bridge, String tag) {
    removeFromDocker(tag);
    byte[] name = Expressions.linkName(bridge);
    try {
      transaction(
          List.of(
              dockerRule(new Expressions().inputIs(name).accept(), tag),
              dockerRule(new Expressions().outputIs(name).accept(), tag)));
      return true;
    } catch (KernelException e) {
      if (e.is(Errno.ENOENT)) {
        return false;
      }
      throw e;
    }
  }

  /** Removes what {@link #passDocker} added under {@code tag}, and nothing else. */
  static void removeFromDocker(String tag) {
    List<NetlinkMessage> messages = new ArrayList<>();
    for (byte[] body : dockerRules()) {
      AttributeReader rule = AttributeReader.of(body, HEADER);
      boolean ours = Arrays.equals(rule.bytes(RULE_USERDATA).orElse(new byte[0]), remark(tag));
      if (ours) {
        Attributes which = dockerChain().bytes(RULE_HANDLE, rule.bytes(RULE_HANDLE).orElseThrow());
        messages.add(message(DELRULE, 0, "delete rule of", DOCKER_CHAIN, which));
      }
    }
    if (!messages.isEmpty()) {
      transaction(messages);
    }
  }

  private static List<Expressions> forwarding(Bridge bridge, byte[] name) {
    List<Expressions> rules = new ArrayList<>();
    rules.add(new Expressions().outputIs(name).knownConnection().accept());
    rules.add(new Expressions().inputIs(name).outputIs(name).accept());
    rules.add(new Expressions().outputIs(name).drop());
    rules.add(new Expressions().inputIs(name).sourceNotIn(bridge.subnet()).drop());
    for (String uplink : bridge.guardedUplinks()) {
      byte[] bridges = BridgeNames.PREFIX.getBytes(UTF_8);
      rules.add(
          new Expressions()
              .inputIs(Expressions.linkName(uplink))
              .outputIsNot(bridges)
              .newConnection()
              .notRedirected()
              .drop());
    }
    return rules;
  }

  private static List<byte[]> dockerRules() {
    try (NetlinkSocket socket = NetlinkSocket.netfilter()) {
      return socket.dump(message(GETRULE, 0, "list rules of", DOCKER_CHAIN, dockerChain()));
    } catch (KernelException e) {
      if (e.is(Errno.ENOENT)) {
        return List.of();
      }
      throw e;
    }
  }

  private static Attributes dockerChain() {
    return new Attributes().text(RULE_TABLE, DOCKER_TABLE).text(RULE_CHAIN, DOCKER_CHAIN);
  }

  /** Goes to the front of the chain: without {@code APPEND} and a position that is the default. */
  private static NetlinkMessage dockerRule(Expressions expressions, String tag) {
    Attributes body =
        dockerChain().nest(RULE_EXPRESSIONS, expressions.list()).bytes(RULE_USERDATA, remark(tag));
    return message(NEWRULE, NetlinkMessage.CREATE, "add rule to", DOCKER_CHAIN, body);
  }

  /** A comment as the nft program stores it: type 0, length, text with a NUL. */
  private static byte[] remark(String tag) {
    byte[] text = tag.getBytes(UTF_8);
    byte[] remark = new byte[text.length + 3];
    remark[1] = (byte) (text.length + 1);
    System.arraycopy(text, 0, remark, 2, text.length);
    return remark;
  }

  private static Attributes name(String table) {
    return new Attributes().text(TABLE_NAME, table);
  }

  private static NetlinkMessage chain(
      String table, String chain, String type, int hook, int priority) {
    Attributes at =
        new Attributes().netNumber(HOOK_NUMBER, hook).netNumber(HOOK_PRIORITY, priority);
    Attributes body =
        new Attributes()
            .text(CHAIN_TABLE, table)
            .text(CHAIN_NAME, chain)
            .nest(CHAIN_HOOK, at)
            .text(CHAIN_TYPE, type);
    String what = table + " " + chain;
    return message(NEWCHAIN, NetlinkMessage.CREATE, "create packet chain", what, body);
  }

  private static NetlinkMessage rule(String table, String chain, Expressions expressions) {
    Attributes body =
        new Attributes()
            .text(RULE_TABLE, table)
            .text(RULE_CHAIN, chain)
            .nest(RULE_EXPRESSIONS, expressions.list());
    int flags = NetlinkMessage.CREATE | APPEND;
    return message(NEWRULE, flags, "add packet rule to", table + " " + chain, body);
  }

  private static void transaction(List<NetlinkMessage> messages) {
    try (NetlinkSocket socket = NetlinkSocket.netfilter()) {
      socket.transaction(frame(BATCH_BEGIN), messages, frame(BATCH_END));
    }
  }

  /** {@code struct nfgenmsg} whose last two bytes name the subsystem, in network order. */
  private static NetlinkMessage frame(int type) {
    Attributes header = new Attributes().header(new byte[] {FAMILY_NONE, 0, 0, SUBSYSTEM >> 8});
    return new NetlinkMessage(type, 0, "change", "packet rules", header);
  }

  private static NetlinkMessage message(
      int type, int flags, String call, String what, Attributes body) {
    Attributes all = new Attributes().header(new byte[] {FAMILY_IPV4, 0, 0, 0});
    return new NetlinkMessage(type, flags, call, what, all.header(body.toBytes()));
  }
}
