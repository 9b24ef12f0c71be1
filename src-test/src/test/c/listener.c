/*
 * listener SOCKET: listens there for a seccomp filter's descriptor, prints what
 * comes with it, and refuses the first call that it is told of with ENOSPC.
 */
#include <errno.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int fail(const char *what)
{
	perror(what);
	return 1;
}

static int receive(int connection)
{
	static char text[65536];
	char control[CMSG_SPACE(sizeof(int))];
	struct iovec part = { text, sizeof(text) - 1 };
	struct msghdr message = { .msg_iov = &part,
				  .msg_iovlen = 1,
				  .msg_control = control,
				  .msg_controllen = sizeof(control) };
	struct cmsghdr *rights;
	int fd;

	if (recvmsg(connection, &message, 0) <= 0)
		return -1;
	rights = CMSG_FIRSTHDR(&message);
	if (!rights)
		return -1;
	memcpy(&fd, CMSG_DATA(rights), sizeof(fd));
	printf("%s\n", text);
	fflush(stdout);
	return fd;
}

int main(int argc, char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct seccomp_notif call = { 0 };
	struct seccomp_notif_resp answer = { 0 };
	int socket_fd = socket(AF_UNIX, SOCK_STREAM, 0);
	int fd;

	if (argc != 2)
		return 2;
	alarm(120);
	strncpy(address.sun_path, argv[1], sizeof(address.sun_path) - 1);
	if (bind(socket_fd, (void *)&address, sizeof(address)) || listen(socket_fd, 1))
		return fail("listen");
	fd = receive(accept(socket_fd, 0, 0));
	if (fd < 0)
		return fail("receive");
	if (ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &call))
		return fail("call");
	answer.id = call.id;
	answer.error = -ENOSPC;
	if (ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &answer))
		return fail("answer");
	return 0;
}
