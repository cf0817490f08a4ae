/*
 * A program that cares for the order of its writes: record i to A, fsync, record i to B, fsync.
 * On any state that a power cut could have left, every record is whole but the one that was being
 * written, and A is ahead of B by one record or by none.
 *
 * workload check A B   says what is there; exit code 1 if that could never have been
 * workload write A B   checks, then goes on behind the last record of B until it is ended
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SIZE = 4096, WORDS = SIZE / 8, SLOTS = 1024, PAUSE_MILLIS = 20 };

static const uint64_t MAGIC = 0x4C42524543303031; /* LBREC001 */

/* The whole content of a record follows from its number: a reader can tell every wrong byte. */
static void fill(uint64_t *record, uint64_t number) {
  uint64_t x = number * 0x9E3779B97F4A7C15u + 1;
  record[0] = MAGIC;
  record[1] = number;
  for (int i = 2; i < WORDS; i++) {
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    /* Half of it compresses, as data does. */
    record[i] = i % 2 ? x : number;
  }
}

static void fail(const char *what, const char *name) {
  printf("workload: BROKEN: cannot %s %s: %s\n", what, name, strerror(errno));
  exit(1);
}

/* The number of the record in a slot; 0 if there is none that is whole. */
static uint64_t read_slot(int file, const char *name, uint64_t slot) {
  uint64_t found[WORDS], expected[WORDS];
  ssize_t n = pread(file, found, SIZE, (off_t)(slot * SIZE));
  if (n < 0) fail("read", name);
  if (n < SIZE || found[0] != MAGIC) return 0;
  fill(expected, found[1]);
  return memcmp(found, expected, SIZE) == 0 && found[1] % SLOTS == slot ? found[1] : 0;
}

/* The last record of a file whose records belong together; 0 if it has none. */
static uint64_t last(const char *name) {
  static uint64_t numbers[SLOTS];
  int file = open(name, O_RDONLY);
  if (file < 0 && errno == ENOENT) return 0;
  if (file < 0) fail("open", name);
  uint64_t newest = 0;
  for (uint64_t slot = 0; slot < SLOTS; slot++) {
    numbers[slot] = read_slot(file, name, slot);
    if (numbers[slot] > newest) newest = numbers[slot];
  }
  close(file);
  uint64_t oldest = newest >= SLOTS ? newest - SLOTS + 1 : 1;
  for (uint64_t number = oldest; number <= newest; number++) {
    /* The slot of the next record is where a write may have been cut. */
    int next = number % SLOTS == (newest + 1) % SLOTS;
    if (numbers[number % SLOTS] != number && !next) {
      printf("workload: BROKEN: %s ends at %llu but lacks %llu\n", name,
             (unsigned long long)newest, (unsigned long long)number);
      exit(1);
    }
  }
  return newest;
}

static uint64_t check(const char *a, const char *b) {
  uint64_t in_a = last(a), in_b = last(b);
  if (in_a != in_b && in_a != in_b + 1) {
    printf("workload: BROKEN: A ends at %llu and B at %llu\n", (unsigned long long)in_a,
           (unsigned long long)in_b);
    exit(1);
  }
  printf("workload: last A=%llu B=%llu in order\n", (unsigned long long)in_a,
         (unsigned long long)in_b);
  return in_b;
}

static void put(int file, const char *name, uint64_t number) {
  uint64_t record[WORDS];
  fill(record, number);
  if (pwrite(file, record, SIZE, (off_t)(number % SLOTS * SIZE)) != SIZE) fail("write", name);
  if (fsync(file) != 0) fail("sync", name);
}

int main(int argc, char **argv) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (argc != 4 || (strcmp(argv[1], "check") && strcmp(argv[1], "write"))) {
    fprintf(stderr, "usage: workload check|write A B\n");
    return 2;
  }
  uint64_t number = check(argv[2], argv[3]);
  if (!strcmp(argv[1], "check")) return 0;
  int a = open(argv[2], O_WRONLY | O_CREAT, 0644), b = open(argv[3], O_WRONLY | O_CREAT, 0644);
  if (a < 0) fail("open", argv[2]);
  if (b < 0) fail("open", argv[3]);
  const struct timespec pause = {0, PAUSE_MILLIS * 1000000L};
  time_t said = 0;
  for (;;) {
    number++;
    put(a, argv[2], number);
    put(b, argv[3], number);
    if (time(NULL) != said) {
      said = time(NULL);
      printf("workload: written %llu\n", (unsigned long long)number);
    }
    nanosleep(&pause, NULL);
  }
}
