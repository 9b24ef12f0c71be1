/**
 * Processes as the engine sees them: started, watched, killed, their output read, others executed
 * beside them.
 *
 * <p>{@link io.jollyboat.linux.process.Processes} is the entry: one per engine, with one thread
 * that serves the control sockets of all monitors.
 */
@NullMarked
package io.jollyboat.linux.process;

import org.jspecify.annotations.NullMarked;
