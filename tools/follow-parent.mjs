// Loaded by the launcher, and into the program that it runs: when the parent is gone without having passed a signal
// on, because it was killed or is a shell, this process asks itself to stop. Else it would go on with nobody to stop it.
import { isMainThread } from 'node:worker_threads';

const parent = process.ppid;

if (isMainThread) {
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 2000);
  watch.unref();
}
