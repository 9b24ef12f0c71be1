package io.jollyboat.linux.security;

import java.util.List;
import java.util.Map;

/**
 * What a filter does: a profile, once it is known for whom.
 *
 * @param otherwise action for a call that no rule fits
 * @param unknown action for a call newer than any that is named
 * @param byName rules by name of the call, in the order in which they are tried
 * @param named every name that the profile has, whether it counts here or not: what the author of
 *     the profile knew of
 */
record SeccompRules(
    int otherwise, int unknown, Map<String, List<SeccompRule>> byName, List<String> named) {}
