package io.jollyboat.linux.launcher;

/** Numbers of the operations on the wire; {@code wire.h} of the launcher has the same list. */
enum OperationCode {
  WRITE_FILE(1),
  UNSHARE(2),
  JOIN_NAMESPACES(3),
  NEW_SESSION(4),
  PROPAGATION(5),
  ROOT_OVERLAY(6),
  ROOT_BIND(7),
  MAKE_DIRECTORY(8),
  MOUNT(9),
  BIND(10),
  SYMLINK(11),
  DEVICE(12),
  MASK(13),
  READ_ONLY(14),
  ROOT_READ_ONLY(15),
  PIVOT(16),
  HOSTNAME(17),
  DOMAINNAME(18),
  RESOURCE_LIMIT(19),
  SYSCTL(20),
  UMASK(21),
  WORKING_DIRECTORY(22),
  BOUNDING_SET(23),
  NO_NEW_PRIVILEGES(24),
  SECCOMP(25),
  IDS(26),
  CAPABILITIES(27),
  SESSION_KEYRING(28),
  TERMINAL(29),
  USER_NAMESPACE(30),
  LOOPBACK_UP(31),
  EXECUTE(32),
  FREEZER(33),
  GROUP(34),
  INIT(35),
  TAKE_TREE(36),
  KEEP_MOUNTS(37),
  MAP_IDS(50),
  ENTER_USER_NAMESPACE(51),
  OWN_PIPES(52),
  APPARMOR(53),
  BORN_INSIDE(54),
  CALL(60),
  AWAIT_START(61),
  HOOK(62),
  CHANGE_MOUNT(63),
  PERSONALITY(64),
  SCHEDULER(65),
  IO_PRIORITY(66),
  PROCESSORS(67),
  FIND_PROGRAM(68),
  BE_MAPPED(69),
  OVERLAY(70),
  ATTACH(71),
  HOLD(72),
  PRESERVE(73),
  LISTENER(74),
  MEMORY_POLICY(75);

  private final int number;

  OperationCode(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }
}
