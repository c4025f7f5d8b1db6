/**
 * mqtt-packet says some ten times a message what it is doing, and an array is made of every such word before it is found that
 * nobody listens: a ninth of the memory that a message takes on its way through the bridge. Here it is loaded with a `debug`
 * that takes nothing. Imported before anything else that loads it; whatever else says things by `debug` is heard as before.
 */
import Module, { createRequire } from 'node:module';

/** Finds modules as mqtt-packet does. */
const require = createRequire(import.meta.resolve('mqtt-packet'));

/** What it says things by, a dependency of its own. */
const sayer = 'debug';
const unheard = (): void => undefined;

const loadQuietly = (): unknown => {
  const file = require.resolve(sayer);
  const heard = require.cache[file];
  const silent = new Module(file);
  silent.exports = () => unheard;
  silent.loaded = true;
  require.cache[file] = silent;
  try {
    return require('mqtt-packet');
  } finally {
    if (heard === undefined) delete require.cache[file];
    else require.cache[file] = heard;
  }
};

loadQuietly();
