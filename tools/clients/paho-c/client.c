/* See ../client-program.ts. Callbacks run in a thread of the library: they only note what happened, and main() answers it. */
#include <MQTTAsync.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define UNDER_WAY_MAX 10
#define TOKENS 65536

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static enum { AWAY, CONNECTING, CONNECTED } connection = AWAY;
static int session_present, came_back, subscribed, complete_count;
static MQTTAsync_token complete[TOKENS];

static void tell(const char *text) {
  printf("%s\n", text);
  fflush(stdout);
}

static void fail(const char *what, int code) {
  printf("{\"happened\":\"failed\",\"why\":\"%s: %d\"}\n", what, code);
  fflush(stdout);
  exit(1);
}

static void connected(int present) {
  pthread_mutex_lock(&lock);
  connection = CONNECTED;
  session_present = present;
  came_back = 1;
  pthread_mutex_unlock(&lock);
}

static void on_connected(void *context, MQTTAsync_successData *data) { connected(data->alt.connect.sessionPresent); }
static void on_connected5(void *context, MQTTAsync_successData5 *data) { connected(data->alt.connect.sessionPresent); }

static void away(void) {
  pthread_mutex_lock(&lock);
  connection = AWAY;
  pthread_mutex_unlock(&lock);
}

static void on_refused(void *context, MQTTAsync_failureData *data) { away(); }
static void on_refused5(void *context, MQTTAsync_failureData5 *data) { away(); }
static void on_lost(void *context, char *cause) { away(); }

static void note_subscribed(int granted) {
  if (granted != 2) fail("subscribing", granted);
  pthread_mutex_lock(&lock);
  subscribed = 1;
  pthread_mutex_unlock(&lock);
}

static void on_subscribed(void *context, MQTTAsync_successData *data) { note_subscribed(data->alt.qos); }
static void on_subscribed5(void *context, MQTTAsync_successData5 *data) { note_subscribed(data->reasonCode); }

static void on_complete(void *context, MQTTAsync_token token) {
  pthread_mutex_lock(&lock);
  complete[complete_count++] = token;
  pthread_mutex_unlock(&lock);
}

static int on_message(void *context, char *topic, int length, MQTTAsync_message *message) {
  printf("{\"happened\":\"command\",\"payload\":%.*s}\n", message->payloadlen, (char *)message->payload);
  fflush(stdout);
  MQTTAsync_freeMessage(&message);
  MQTTAsync_free(topic);
  return 1;
}

static void connect_again(MQTTAsync client, int level) {
  MQTTAsync_connectOptions options = MQTTAsync_connectOptions_initializer;
  MQTTAsync_connectOptions options5 = MQTTAsync_connectOptions_initializer5;
  MQTTProperties properties = MQTTProperties_initializer;
  if (level == 5) {
    MQTTProperty expiry = {.identifier = MQTTPROPERTY_CODE_SESSION_EXPIRY_INTERVAL, .value.integer4 = 3600};
    MQTTProperties_add(&properties, &expiry);
    options = options5;
    options.cleanstart = 0;
    options.connectProperties = &properties;
    options.onSuccess5 = on_connected5;
    options.onFailure5 = on_refused5;
  } else {
    options.cleansession = 0;
    options.MQTTVersion = MQTTVERSION_3_1_1;
    options.onSuccess = on_connected;
    options.onFailure = on_refused;
  }
  options.connectTimeout = 5;
  options.maxInflight = 2 * UNDER_WAY_MAX;
  connection = CONNECTING;
  int code = MQTTAsync_connect(client, &options);
  if (code != MQTTASYNC_SUCCESS) away();
  MQTTProperties_free(&properties);
}

static void subscribe(MQTTAsync client, int level, const char *topic) {
  MQTTAsync_responseOptions options = MQTTAsync_responseOptions_initializer;
  if (level == 5) options.onSuccess5 = on_subscribed5;
  else options.onSuccess = on_subscribed;
  int code = MQTTAsync_subscribe(client, topic, 2, &options);
  if (code != MQTTASYNC_SUCCESS) fail("subscribing", code);
}

static MQTTAsync_token publish(MQTTAsync client, const char *topic, const char *reading, int n) {
  char payload[4096];
  const char *number = strstr(reading, "{n}");
  int length = snprintf(payload, sizeof payload, "%.*s%012d%s", (int)(number - reading), reading, n, number + 3);
  MQTTAsync_responseOptions options = MQTTAsync_responseOptions_initializer;
  int code = MQTTAsync_send(client, topic, length, payload, n % 2 == 1 ? 1 : 2, 0, &options);
  if (code != MQTTASYNC_SUCCESS) fail("publishing", code);
  return options.token;
}

static int input_has_ended(void) {
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  char byte;
  return poll(&input, 1, 5) > 0 && read(STDIN_FILENO, &byte, 1) == 0;
}

int main(int argc, char **argv) {
  if (argc != 9) return 64;
  const char *commands_topic = argv[5], *readings_topic = argv[6], *reading = argv[7];
  int level = atoi(argv[4]), readings = atoi(argv[8]);
  char url[256];
  snprintf(url, sizeof url, "tcp://%s:%s", argv[1], argv[2]);
  MQTTAsync client;
  MQTTAsync_createOptions created = MQTTAsync_createOptions_initializer;
  created.MQTTVersion = level == 5 ? MQTTVERSION_5 : MQTTVERSION_3_1_1;
  created.sendWhileDisconnected = 1;
  created.maxBufferedMessages = 2 * UNDER_WAY_MAX;
  int code = MQTTAsync_createWithOptions(&client, url, argv[3], MQTTCLIENT_PERSISTENCE_NONE, NULL, &created);
  if (code != MQTTASYNC_SUCCESS) fail("creating", code);
  MQTTAsync_setCallbacks(client, NULL, on_lost, on_message, on_complete);

  static int numbers[TOKENS];
  int published = 0, under_way = 0, answered = 0, asked = 0, goes_on = 0;
  while (!input_has_ended()) {
    pthread_mutex_lock(&lock);
    int is_away = connection == AWAY, is_back = came_back, present = session_present;
    goes_on = subscribed;
    came_back = 0;
    pthread_mutex_unlock(&lock);
    if (is_back) tell(present ? "{\"happened\":\"connected\",\"sessionPresent\":true}"
                              : "{\"happened\":\"connected\",\"sessionPresent\":false}");
    if (is_back && !asked) {
      subscribe(client, level, commands_topic);
      asked = 1;
    }
    if (goes_on && asked == 1) {
      tell("{\"happened\":\"subscribed\"}");
      asked = 2;
    }
    if (is_away) {
      usleep(100000);
      connect_again(client, level);
    }
    for (;; answered++) {
      pthread_mutex_lock(&lock);
      MQTTAsync_token token = answered < complete_count ? complete[answered] : 0;
      pthread_mutex_unlock(&lock);
      if (token == 0) break;
      if (numbers[token] == 0) continue;
      printf("{\"happened\":\"acknowledged\",\"n\":%d}\n", numbers[token]);
      fflush(stdout);
      numbers[token] = 0;
      under_way--;
    }
    while (goes_on && under_way < UNDER_WAY_MAX && published < readings) {
      published++;
      under_way++;
      numbers[publish(client, readings_topic, reading, published)] = published;
    }
  }
  MQTTAsync_disconnectOptions ending = MQTTAsync_disconnectOptions_initializer;
  ending.timeout = 1000;
  MQTTAsync_disconnect(client, &ending);
  while (MQTTAsync_isConnected(client)) usleep(5000);
  MQTTAsync_destroy(&client);
  tell("{\"happened\":\"done\"}");
  return 0;
}
