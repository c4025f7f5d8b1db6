/*
 * See ../client-program.ts. It is written for MQTTClient and not for MQTTAsync: that one frees a message whose sending failed, and
 * sends what is left of it when it comes back (eclipse-paho/paho.mqtt.c, issue 1621).
 * Callbacks run in a thread of the library: they only note what happened, and main() answers it. main() asks by itself whether the
 * connection is there.
 */
#include <MQTTClient.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define UNDER_WAY_MAX 10
#define TOKENS 65536

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int complete_count;
static MQTTClient_deliveryToken complete[TOKENS];

static void tell(const char *text) {
  printf("%s\n", text);
  fflush(stdout);
}

static void fail(const char *what, int code) {
  printf("{\"happened\":\"failed\",\"why\":\"%s: %d\"}\n", what, code);
  fflush(stdout);
  exit(1);
}

static void on_complete(void *context, MQTTClient_deliveryToken token) {
  pthread_mutex_lock(&lock);
  complete[complete_count++] = token;
  pthread_mutex_unlock(&lock);
}

static int on_message(void *context, char *topic, int length, MQTTClient_message *message) {
  printf("{\"happened\":\"command\",\"payload\":%.*s}\n", message->payloadlen, (char *)message->payload);
  fflush(stdout);
  MQTTClient_freeMessage(&message);
  MQTTClient_free(topic);
  return 1;
}

/* Returns whether it is connected now. */
static int connect_again(MQTTClient client, int level) {
  MQTTClient_connectOptions options = MQTTClient_connectOptions_initializer;
  MQTTClient_connectOptions options5 = MQTTClient_connectOptions_initializer5;
  if (level == 5) options = options5;
  options.connectTimeout = 5;
  options.maxInflightMessages = 2 * UNDER_WAY_MAX;
  if (level != 5) {
    options.cleansession = 0;
    options.MQTTVersion = MQTTVERSION_3_1_1;
    if (MQTTClient_connect(client, &options) != MQTTCLIENT_SUCCESS) return 0;
    tell(options.returned.sessionPresent ? "{\"happened\":\"connected\",\"sessionPresent\":true}"
                                         : "{\"happened\":\"connected\",\"sessionPresent\":false}");
    return 1;
  }
  options.cleanstart = 0;
  MQTTProperties properties = MQTTProperties_initializer;
  MQTTProperty expiry = {.identifier = MQTTPROPERTY_CODE_SESSION_EXPIRY_INTERVAL, .value.integer4 = 3600};
  MQTTProperties_add(&properties, &expiry);
  MQTTResponse response = MQTTClient_connect5(client, &options, &properties, NULL);
  int is_connected = response.reasonCode == MQTTREASONCODE_SUCCESS;
  MQTTResponse_free(response);
  MQTTProperties_free(&properties);
  if (is_connected) tell("{\"happened\":\"connected\"}"); /* Of MQTT 5 it does not say whether the session was there. */
  return is_connected;
}

/* Returns whether the server has answered; a connection that breaks before is no failure. */
static int subscribe(MQTTClient client, int level, char *topic) {
  int code, granted = 2;
  if (level == 5) {
    MQTTResponse response = MQTTClient_subscribe5(client, topic, 2, NULL, NULL);
    code = granted = response.reasonCode;
    MQTTResponse_free(response);
  } else {
    code = MQTTClient_subscribeMany(client, 1, &topic, &granted); /* Of several it says which QoS is granted. */
  }
  if (code < 0) {
    if (MQTTClient_isConnected(client)) fail("subscribing", code);
    return 0;
  }
  if (granted != 2) fail("subscribing", granted);
  return 1;
}

/* Returns 0 where the library has not taken the message. */
static MQTTClient_deliveryToken publish(MQTTClient client, int level, const char *topic, const char *reading, int n) {
  char payload[4096];
  const char *number = strstr(reading, "{n}");
  int length = snprintf(payload, sizeof payload, "%.*s%012d%s", (int)(number - reading), reading, n, number + 3);
  int qos = n % 2 == 1 ? 1 : 2;
  MQTTClient_deliveryToken token = 0;
  int code;
  if (level == 5) {
    MQTTResponse response = MQTTClient_publish5(client, topic, length, payload, qos, 0, NULL, &token);
    code = response.reasonCode;
    MQTTResponse_free(response);
  } else {
    code = MQTTClient_publish(client, topic, length, payload, qos, 0, &token);
  }
  if (code == MQTTCLIENT_SUCCESS) return token;
  if (MQTTClient_isConnected(client)) fail("publishing", code);
  return 0;
}

static int input_has_ended(void) {
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  char byte;
  return poll(&input, 1, 5) > 0 && read(STDIN_FILENO, &byte, 1) == 0;
}

int main(int argc, char **argv) {
  if (argc != 9) return 64;
  char *commands_topic = argv[5];
  const char *readings_topic = argv[6], *reading = argv[7];
  int level = atoi(argv[4]), readings = atoi(argv[8]);
  char url[256];
  snprintf(url, sizeof url, "tcp://%s:%s", argv[1], argv[2]);
  MQTTClient client;
  MQTTClient_createOptions created = MQTTClient_createOptions_initializer;
  created.MQTTVersion = level == 5 ? MQTTVERSION_5 : MQTTVERSION_DEFAULT;
  int code = MQTTClient_createWithOptions(&client, url, argv[3], MQTTCLIENT_PERSISTENCE_NONE, NULL, &created);
  if (code != MQTTCLIENT_SUCCESS) fail("creating", code);
  MQTTClient_setCallbacks(client, NULL, NULL, on_message, on_complete);

  static int numbers[TOKENS];
  int published = 0, under_way = 0, answered = 0, subscribed = 0;
  while (!input_has_ended()) {
    if (!MQTTClient_isConnected(client) && !connect_again(client, level)) {
      usleep(100000);
      continue;
    }
    if (!subscribed && subscribe(client, level, commands_topic)) {
      tell("{\"happened\":\"subscribed\"}");
      subscribed = 1;
    }
    for (;; answered++) {
      pthread_mutex_lock(&lock);
      MQTTClient_deliveryToken token = answered < complete_count ? complete[answered] : 0;
      pthread_mutex_unlock(&lock);
      if (token == 0) break;
      if (numbers[token] == 0) fail("a message that was not published is acknowledged", token);
      printf("{\"happened\":\"acknowledged\",\"n\":%d}\n", numbers[token]);
      fflush(stdout);
      numbers[token] = 0;
      under_way--;
    }
    while (subscribed && under_way < UNDER_WAY_MAX && published < readings) {
      MQTTClient_deliveryToken token = publish(client, level, readings_topic, reading, published + 1);
      if (token == 0) break;
      published++;
      under_way++;
      numbers[token] = published;
    }
  }
  if (level == 5) MQTTClient_disconnect5(client, 1000, MQTTREASONCODE_SUCCESS, NULL);
  else MQTTClient_disconnect(client, 1000);
  MQTTClient_destroy(&client);
  tell("{\"happened\":\"done\"}");
  return 0;
}
