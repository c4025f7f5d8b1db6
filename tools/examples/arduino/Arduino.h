// As much of Arduino as the example sketch uses, for a compiler to check the sketch against. Nothing here is run.
#pragma once
#include <string>
#include <time.h>

class String {
 public:
  String(const char *text = "");
  explicit String(char);
  explicit String(int);
  unsigned int length() const;
  char operator[](unsigned int) const;
  String substring(unsigned int) const;
  String substring(unsigned int, unsigned int) const;
  const char *c_str() const;
  bool operator==(const char *) const;
  bool operator!=(const char *) const;
  bool operator!=(const String &) const;
  bool operator<(const String &) const;
};
String operator+(const String &, const String &);
String operator+(const String &, const char *);

enum { LOW, HIGH, OUTPUT };
void pinMode(int, int);
void digitalWrite(int, int);
int analogRead(int);
unsigned long millis();
void delay(unsigned long);
void configTime(long, int, const char *);
