import { isMainThread } from 'node:worker_threads';

/**
 * Preloaded into every service that devstack starts (`node --require`): standard input is a pipe that devstack holds open
 * and never writes to, so its end means that devstack is gone, were it by kill -9. The service is then stopped as by a
 * signal, and killed when it does not end. Worker threads inherit the preload and leave the matter to the main thread.
 */
const STOP_TIMEOUT_MS = 8_000;

if (isMainThread) {
  process.stdin.once('end', stopOrDie);
  process.stdin.once('error', stopOrDie);
  process.stdin.resume();
  // A service that has nothing more to do must not be kept alive by this pipe.
  process.stdin.unref();
}

function stopOrDie(): void {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), STOP_TIMEOUT_MS).unref();
  process.kill(process.pid, 'SIGTERM');
}
