/* SPDX-License-Identifier: BSD-2-Clause */
/* Stands in for `erprobe check` in the tests of the audit: no packet leaves. What it
 * finds is the word in the file $CHECKER_DIR/CIRCUIT (default healthy): a status, or crash,
 * hang, garbage, flood, mute, term (as a real one that is ended before it can answer signals); noazure: healthy, and Azure could not be read. Each call leaves a line in $CHECKER_DIR/calls:
 * CIRCUIT BEGAN-MS ENDED-MS BUDGET RATE. $CHECKER_MS: how long a run takes. */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted;

static void on_term(int number)
{
	(void)number;
	interrupted = 1;
}

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static const char *option(int argc, char **argv, const char *name)
{
	for (int i = 1; i + 1 < argc; i++)
		if (strcmp(argv[i], name) == 0)
			return argv[i + 1];
	return "-";
}

/* The one circuit of the configuration: the line `  - name: "…"`. */
static void read_name(const char *path, char *name, size_t size)
{
	FILE *f = fopen(path, "r");
	char line[512];

	name[0] = '\0';
	while (f && fgets(line, sizeof line, f)) {
		char *at = strstr(line, "  - name: \"");

		if (at == line) {
			snprintf(name, size, "%s", at + 11);
			name[strcspn(name, "\"")] = '\0';
			break;
		}
	}
	if (f)
		fclose(f);
}

static void read_word(const char *dir, const char *name, char *word, size_t size)
{
	char path[600];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	snprintf(word, size, "healthy");
	f = fopen(path, "r");
	if (f && fgets(word, (int)size, f))
		word[strcspn(word, "\n")] = '\0';
	if (f)
		fclose(f);
}

static void print_time(const char *key, int64_t us)
{
	time_t s = (time_t)(us / 1000000);
	struct tm t;

	gmtime_r(&s, &t);
	printf("\"%s\":\"%04d-%02d-%02dT%02d:%02d:%02d.%06dZ\",", key, t.tm_year + 1900, t.tm_mon + 1, t.tm_mday, t.tm_hour,
	       t.tm_min, t.tm_sec, (int)(us % 1000000));
}

/* As from run to run by chance (odd: 0 or 1): hop 3 has two addresses, now the one first and now the other, and the
 * last hop is the one target or the other. Neither is another path. */
static void print_hop_addresses(int octet, int ttl, int odd)
{
	if (ttl == 3)
		printf("\"addresses\":[\"10.%d.0.%d\",\"10.%d.0.%d\"],\"role\":\"edge\"", octet, odd ? 33 : 3, octet, odd ? 3 : 33);
	else if (ttl == 5)
		printf("\"addresses\":[\"10.%d.0.%d\"],\"role\":\"target\"", octet, 5 + odd);
	else
		printf("\"addresses\":[\"10.%d.0.%d\"],\"role\":null", octet, ttl);
}

static void print_link(const char *link, int octet, const char *status, int odd)
{
	static const char *const domains[] = {"corporate", "wan", "azure"};

	printf("{\"name\":\"%s\",\"ce\":\"172.16.%d.1\",\"msee\":\"172.16.%d.2\",\"status\":\"%s\",\"hops\":[", link, octet, octet,
	       status);
	for (int ttl = 1; ttl <= 5; ttl++) {
		printf("%s{\"ttl\":%d,", ttl > 1 ? "," : "", ttl);
		print_hop_addresses(octet, ttl, odd);
		printf(",\"domain\":\"%s\",\"sent\":12,\"answered\":12,\"rtt_us\":{\"min\":%d,\"median\":%d,\"p95\":%d,\"max\":%d}}",
		       domains[(ttl - 1) / 2], ttl * 900, ttl * 1000, ttl * 1100, ttl * 1200);
	}
	printf("],\"segments\":[");
	for (int i = 0; i < 3; i++)
		printf("%s{\"domain\":\"%s\",\"added_latency_us\":%d,\"loss\":{\"ratio\":0,\"low\":0,\"high\":0.08}}", i ? "," : "",
		       domains[i], 1000 * (i + 1));
	printf("]}");
}

static void print_document(const char *name, const char *status, int64_t began, int bad, int azure)
{
	uint8_t random[10];
	int fd = open("/dev/urandom", O_RDONLY);

	if (fd < 0 || read(fd, random, sizeof random) != (ssize_t)sizeof random)
		exit(3);
	close(fd);
	printf("{\"schema\":\"erprobe.check/1\",\"run_id\":\"%08llx-%04llx-7%03x-%02x%02x-%02x%02x%02x%02x%02x%02x\",",
	       (unsigned long long)(began / 1000) >> 16, (unsigned long long)(began / 1000) & 0xffff, random[0], 0x80 | (random[1] & 0x3f),
	       random[2], random[3], random[4], random[5], random[6], random[7], random[8]);
	print_time("started_at", began);
	print_time("ended_at", now_us());
	printf("\"end_reason\":\"%s\",\"probes_sent\":420,\"capture\":{\"received\":800,\"dropped\":0},", interrupted ? "interrupted" : "decided");
	printf("\"circuits\":[{\"name\":\"%s\",\"verdict\":{\"status\":\"%s\",\"domain\":%s,\"fault\":%s,\"link\":%s,\"confidence\":0.97,"
	       "\"summary\":\"%s\",\"contact\":%s},\"links\":[",
	       name, status, bad ? "\"wan\"" : "null", bad ? "\"wan.circuit-down\"" : "null", bad ? "\"primary\"" : "null",
	       bad ? "On the primary link: layer 2 between edge and MSEE is down." : "All is well.", bad ? "\"provider\"" : "null");
	print_link("primary", 3, bad ? "fault" : "healthy", random[9] & 1);
	printf(",");
	print_link("secondary", 4, "healthy", random[9] & 1);
	printf("],\"targets\":[{\"name\":\"app\",\"control\":false,\"tested\":true,\"reachable\":true,\"loss\":{\"ratio\":0,\"low\":0,"
	       "\"high\":0.2},\"rtt_us\":{\"min\":5000,\"median\":5200,\"p95\":6000,\"max\":7000}}],"
	       "\"azure\":%s}]}\n",
	       azure ? "{\"available\":true,\"why_not\":null,\"circuit_state\":\"Enabled\",\"provider_state\":\"Provisioned\"}" :
	               "{\"available\":false,\"why_not\":\"cannot resolve management.azure.com\"}");
}

int main(int argc, char **argv)
{
	const char *dir = getenv("CHECKER_DIR"), *ms = getenv("CHECKER_MS");
	struct sigaction act = {.sa_handler = on_term};
	char name[300], word[64], calls[600], line[600];
	int64_t began = now_us(), last;
	int fd, bad, azure;

	sigaction(SIGTERM, &act, NULL);
	read_name(option(argc, argv, "-c"), name, sizeof name);
	read_word(dir ? dir : ".", name, word, sizeof word);
	last = began + 1000 * (ms ? strtoll(ms, NULL, 10) : 50);
	while (!interrupted && now_us() < last)
		usleep(5000);
	snprintf(calls, sizeof calls, "%s/calls", dir ? dir : ".");
	snprintf(line, sizeof line, "%s %lld %lld %s %s\n", name, (long long)(began / 1000), (long long)(now_us() / 1000),
	         option(argc, argv, "--budget"), option(argc, argv, "--rate"));
	fd = open(calls, O_WRONLY | O_CREAT | O_APPEND, 0644);
	if (fd < 0 || write(fd, line, strlen(line)) < 0)
		return 3;
	close(fd);
	if (strcmp(word, "crash") == 0)
		raise(SIGSEGV);
	if (strcmp(word, "term") == 0) {
		signal(SIGTERM, SIG_DFL);
		raise(SIGTERM);
	}
	while (strcmp(word, "hang") == 0)
		pause();
	while (strcmp(word, "flood") == 0 && printf("%0512d", 0) > 0)
		;
	if (strcmp(word, "mute") == 0) {
		fputs("erprobe check: no route to anything\n", stderr);
		return 3;
	}
	if (strcmp(word, "garbage") == 0) {
		puts("{\"schema\":\"erprobe.check/1\",\"circuits\":[");
		return 0;
	}
	azure = strcmp(word, "noazure") != 0;
	bad = azure && strcmp(word, "healthy") != 0 && strcmp(word, "undetermined") != 0;
	print_document(name, azure ? word : "healthy", began, bad, azure);
	return 0;
}
