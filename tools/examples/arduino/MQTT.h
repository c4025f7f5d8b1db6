#pragma once
#include "Arduino.h"
#include "WiFi.h"
struct MQTTClient {
  explicit MQTTClient(int);
  void begin(const char *, int, WiFiClient &);
  void setOptions(int, bool, int);
  void dropOverflow(bool);
  void setWill(const char *, const char *, bool, int);
  void onMessage(void (*)(String &, String &));
  bool connect(const char *, const char *, const char *);
  bool connected();
  bool loop();
  bool subscribe(const char *, int);
  bool publish(const String &, const String &, bool, int);
};
