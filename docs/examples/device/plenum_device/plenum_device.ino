// A device of Plenum on an ESP32. Libraries: MQTT (256dpi), which publishes with QoS 1, and ArduinoJson 7.
//
// A command is noted in flash before it is acknowledged, for the library sends PUBACK when messageReceived has returned. It is
// executed in loop(), once, and its answer stays in flash until that is acknowledged. One that had begun when power was lost is
// not executed again and not answered: Plenum then says `unanswered`.
#include <ArduinoJson.h>
#include <MQTT.h>
#include <Preferences.h>
#include <WiFi.h>
#include <time.h>

const char *wifiName = "...";
const char *wifiPassword = "...";
const char *host = "plenum.example";
const char *nodeId = "ceiling_node_001";  // As it was enrolled.
const char *nodeKey = "...";              // 64 hexadecimal digits, from POST /api/v1/nodes/{id}/keys.
const int ledPin = 2;
const unsigned long readingEveryMs = 60000;

WiFiClient network;  // WiFiClientSecure, with port 8883, where there is TLS: the key is sent as it is.
MQTTClient client(1024);  // Bytes of the longest message: what is kept of each has to fit into flash.
Preferences flash;
String reading;  // Empty, or what is not acknowledged yet.
unsigned long lastReadingMs = 0;

// The last commands, the oldest is replaced first. In flash each is one text: its state, its id (36 characters), and what the
// state needs. N: noted, with the command. B: begun. A: answered, with the answer. D: the answer is acknowledged; it is kept.
const int commandsKept = 8;
String commandKey(int slot) { return "c" + String(slot); }
String command(int slot) { return flash.getString(commandKey(slot).c_str(), ""); }
void keep(int slot, char state, const String &id, const String &text) {
  flash.putString(commandKey(slot).c_str(), String(state) + id + text);
}

String topic(const char *last) { return String("ceiling/nodes/") + nodeId + "/" + last; }

// Empty while the clock is not set.
String timeNow() {
  time_t now = time(nullptr);
  if (now < 1600000000) return "";
  char text[32];
  strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
  return text;
}

// The client is not used in here: what it would wait for comes after this.
void messageReceived(String &, String &payload) {
  JsonDocument said;
  if (deserializeJson(said, payload)) return;
  String id = said["command_id"] | "";
  if (id.length() != 36) return;  // Not from Plenum.
  for (int slot = 0; slot < commandsKept; slot++) {
    String known = command(slot);
    if (known.length() < 37 || known.substring(1, 37) != id) continue;
    if (known[0] == 'D') keep(slot, 'A', id, known.substring(37));  // Answered again, as before.
    return;
  }
  int next = flash.getInt("next", 0);
  String oldest = command(next);
  if (oldest[0] == 'N' || oldest[0] == 'A') return;  // More than it can hold; it ends as `unanswered`.
  flash.putInt("next", (next + 1) % commandsKept);
  keep(next, 'N', id, payload);
}

// What this device can do. Says whether it has done it.
bool execute(const String &name, JsonVariantConst parameters, JsonObject result) {
  if (name != "switch") return false;
  bool on = parameters["on"] | false;
  digitalWrite(ledPin, on ? HIGH : LOW);
  result["on"] = on;
  return true;
}

void executeNoted(int slot, const String &id, const String &payload) {
  JsonDocument said, answer;
  deserializeJson(said, payload);
  answer["command_id"] = id;
  String now = timeNow();
  String expires = said["expires_at"] | "";
  if (now != "" && expires.substring(0, 19) < now.substring(0, 19)) {
    answer["outcome"] = "failed";
    answer["detail"] = "expired";
  } else {
    keep(slot, 'B', id, "");  // From here on it is not executed again.
    bool done = execute(said["command"] | "", said["parameters"], answer["result"].to<JsonObject>());
    answer["outcome"] = done ? "succeeded" : "failed";
  }
  String text;
  serializeJson(answer, text);
  keep(slot, 'A', id, text);
}

bool connected() {
  if (client.connected()) return true;
  if (WiFi.status() != WL_CONNECTED || !client.connect(nodeId, nodeId, nodeKey)) return false;
  String commands = String("ceiling/commands/") + nodeId;
  return client.subscribe(commands.c_str(), 1) && client.publish(topic("status"), "{\"status\":\"online\"}", false, 1);
}

void setup() {
  pinMode(ledPin, OUTPUT);
  flash.begin("plenum", false);
  WiFi.begin(wifiName, wifiPassword);
  configTime(0, 0, "pool.ntp.org");
  client.begin(host, 1883, network);
  client.setOptions(60, false, 10000);  // Keepalive in seconds, a session that is kept, and how long PUBACK may take in ms.
  client.dropOverflow(true);
  client.setWill(topic("status").c_str(), "{\"status\":\"offline\"}", false, 1);
  client.onMessage(messageReceived);
}

void loop() {
  if (!connected()) return delay(1000);
  client.loop();
  int next = flash.getInt("next", 0);
  for (int index = 0; index < commandsKept; index++) {
    int slot = (next + index) % commandsKept;  // The oldest first.
    String known = command(slot);
    if (known.length() < 37) continue;
    String id = known.substring(1, 37);
    if (known[0] == 'N') executeNoted(slot, id, known.substring(37));
    known = command(slot);
    if (known[0] != 'A') continue;
    String answer = known.substring(37);
    if (client.publish(topic("responses"), answer, false, 1)) keep(slot, 'D', id, answer);  // It says: PUBACK has come.
  }
  if (reading == "" && (lastReadingMs == 0 || millis() - lastReadingMs > readingEveryMs) && timeNow() != "") {
    lastReadingMs = millis();
    JsonDocument said;
    said["sensor_type"] = "light_level";
    said["value"] = analogRead(34);
    said["unit"] = "lx";
    said["timestamp"] = timeNow();
    said["location"]["x"] = 2400;
    said["location"]["y"] = 0;
    said["location"]["z"] = 2700;
    serializeJson(said, reading);
  }
  String readings = String("ceiling/sensors/") + nodeId + "_light_level/data";
  if (reading != "" && client.publish(readings, reading, false, 1)) reading = "";
}
