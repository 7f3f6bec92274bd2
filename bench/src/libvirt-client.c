/*
 * The same reads as bench/src/libvirt.ts makes, by libvirt's own client library, to compare with.
 *
 *   libvirt-client saturate URI CONNECTIONS SECONDS GROUPS   one call after the other on each connection
 *   libvirt-client fleet URI CONNECTIONS SECONDS GROUPS INTERVAL_MS   each connection once per interval
 *
 * Prints one line of JSON. Built on the spot: cc -O2 libvirt-client.c $(pkg-config --cflags --libs libvirt) -lpthread
 */
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define FLEET_THREADS 4

static atomic_long calls, fields;
static atomic_int failed;
static unsigned int groups;
static double interval;
static struct timespec deadline;

struct job {
    virConnectPtr *connections;
    int count;
};

static double seconds_since(const struct timespec *start) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - start->tv_sec) + (now.tv_nsec - start->tv_nsec) / 1e9;
}

static void read_host(virConnectPtr connection) {
    virDomainStatsRecordPtr *records = NULL;
    int count = virConnectGetAllDomainStats(connection, groups, &records, VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT);
    if (count < 0) {
        atomic_store(&failed, 1);
        return;
    }
    long seen = 0;
    for (int i = 0; i < count; i++) seen += records[i]->nparams;
    virDomainStatsRecordListFree(records);
    atomic_fetch_add(&calls, 1);
    atomic_fetch_add(&fields, seen);
}

static void *saturate(void *argument) {
    struct job *job = argument;
    while (!failed && seconds_since(&deadline) < 0) read_host(job->connections[0]);
    return NULL;
}

static void *fleet(void *argument) {
    struct job *job = argument;
    struct timespec start;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (long turn = 0; !failed && seconds_since(&deadline) < 0; turn++) {
        double wait = turn * interval / job->count - seconds_since(&start);
        if (wait > 0) {
            struct timespec pause = {(time_t)wait, (long)((wait - (time_t)wait) * 1e9)};
            nanosleep(&pause, NULL);
        }
        read_host(job->connections[turn % job->count]);
    }
    return NULL;
}

static double cpu_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

int main(int argc, char **argv) {
    if (argc < 6) {
        fprintf(stderr, "usage: %s saturate|fleet URI CONNECTIONS SECONDS GROUPS [INTERVAL_MS]\n", argv[0]);
        return 2;
    }
    int is_fleet = strcmp(argv[1], "fleet") == 0;
    int count = atoi(argv[3]);
    double seconds = atof(argv[4]);
    groups = (unsigned int)strtoul(argv[5], NULL, 10);
    interval = argc > 6 ? atof(argv[6]) / 1000 : 10;

    virConnectPtr *connections = calloc(count, sizeof(*connections));
    for (int i = 0; i < count; i++) {
        connections[i] = virConnectOpen(argv[2]);
        if (!connections[i]) return 1;
    }

    int threads = is_fleet ? FLEET_THREADS : count;
    pthread_t *ids = calloc(threads, sizeof(*ids));
    struct job *jobs = calloc(threads, sizeof(*jobs));
    struct timespec start;
    clock_gettime(CLOCK_MONOTONIC, &start);
    deadline = start;
    deadline.tv_sec += (time_t)seconds;
    double cpu_before = cpu_seconds();
    for (int i = 0; i < threads; i++) {
        int first = (int)((long)count * i / threads);
        int last = (int)((long)count * (i + 1) / threads);
        jobs[i] = (struct job){connections + first, last - first};
        pthread_create(&ids[i], NULL, is_fleet ? fleet : saturate, &jobs[i]);
    }
    for (int i = 0; i < threads; i++) pthread_join(ids[i], NULL);
    double elapsed = seconds_since(&start);
    double cpu = cpu_seconds() - cpu_before;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("{\"calls\":%ld,\"fields\":%ld,\"seconds\":%.6f,\"cpuSeconds\":%.6f,\"rssMiB\":%.1f,\"failed\":%s}\n", calls, fields,
           elapsed, cpu, usage.ru_maxrss / 1024.0, failed ? "true" : "false");
    for (int i = 0; i < count; i++) virConnectClose(connections[i]);
    return failed;
}
