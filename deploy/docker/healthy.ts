/** Asks a process in the same container whether it is well: `node deploy/docker/healthy.ts <port> <path>`. */

const [port, path] = process.argv.slice(2);
const timeoutMs = 4_000;

try {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(timeoutMs) });
  process.stdout.write(`${answer.status} ${await answer.text()}\n`);
  process.exitCode = answer.ok ? 0 : 1;
} catch (error) {
  process.stdout.write(`${String(error)}\n`);
  process.exitCode = 1;
}
