#pragma once
#include "Arduino.h"
struct JsonVariantConst {
  JsonVariantConst operator[](const char *) const;
  const char *operator|(const char *) const;
  bool operator|(bool) const;
};
struct JsonObject;
struct JsonVariant : JsonVariantConst {
  JsonVariant operator[](const char *);
  template <typename T>
  JsonVariant &operator=(const T &);
  template <typename T>
  T to();
};
struct JsonObject {
  JsonVariant operator[](const char *);
};
struct JsonDocument {
  JsonVariant operator[](const char *);
};
bool deserializeJson(JsonDocument &, const String &);
unsigned int serializeJson(const JsonDocument &, String &);
