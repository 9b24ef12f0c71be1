/* speak SOCKET TEXT: sends a text to a unix socket and prints what comes back. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int count, char **words) {
  struct sockaddr_un to = {.sun_family = AF_UNIX};
  char answer[200];
  if (count != 3 || strlen(words[1]) >= sizeof to.sun_path) return 2;
  strcpy(to.sun_path, words[1]);
  int s = socket(AF_UNIX, SOCK_STREAM, 0);
  if (s < 0 || connect(s, (struct sockaddr *)&to, sizeof to) != 0) {
    perror(words[1]);
    return 1;
  }
  if (write(s, words[2], strlen(words[2])) < 0) return 1;
  ssize_t n;
  while ((n = read(s, answer, sizeof answer)) > 0) fwrite(answer, 1, n, stdout);
  putchar('\n');
  return 0;
}
