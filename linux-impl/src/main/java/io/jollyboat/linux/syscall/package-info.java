/**
 * The Linux kernel's calls as Java methods, and the only package that imports JNA.
 *
 * <p>One final class per subject ({@link io.jollyboat.linux.syscall.FileCalls}, {@link
 * io.jollyboat.linux.syscall.ProcessCalls}, {@link io.jollyboat.linux.syscall.SocketCalls}, {@link
 * io.jollyboat.linux.syscall.PollCalls}), all written the same way:
 *
 * <ul>
 *   <li>private {@code native} methods named like the C function, mapped directly by {@code
 *       NativeAccess.register} in the class's static initialiser; {@code long} and {@code size_t}
 *       are Java's {@code long}, for only 64-bit machines are supported;
 *   <li>no {@code throws LastErrorException} on them: JNA then throws whenever errno was touched,
 *       even by a call that succeeded. {@code Errno.check} reads errno when the result is negative;
 *   <li>strings go through {@code CString.of}, which refuses an embedded NUL; structures are byte
 *       arrays or {@code Memory} laid out by hand;
 *   <li>every descriptor is created close-on-exec and leaves the package as an {@link
 *       io.jollyboat.linux.syscall.Fd};
 *   <li>failures are {@link io.jollyboat.linux.syscall.KernelException}s that name call and
 *       subject; a call interrupted by a signal is repeated.
 * </ul>
 *
 * <p>No call here changes the kernel state of the Java process itself: namespaces, root directory,
 * ids and capabilities are the launcher's business.
 */
@NullMarked
package io.jollyboat.linux.syscall;

import org.jspecify.annotations.NullMarked;
