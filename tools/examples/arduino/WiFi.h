#pragma once
enum { WL_CONNECTED = 3 };
struct WiFiClient {};
struct {
  void begin(const char *, const char *);
  int status();
} WiFi;
