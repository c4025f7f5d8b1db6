#pragma once
#include "Arduino.h"
struct Preferences {
  bool begin(const char *, bool);
  String getString(const char *, const String &);
  unsigned int putString(const char *, const String &);
  int getInt(const char *, int);
  unsigned int putInt(const char *, int);
};
