import { monitorEventLoopDelay } from 'node:perf_hooks';
import { metrics } from '@clearway/platform-telemetry';

const EVENT_LOOP_RESOLUTION_MS = 20;
const MICROS_PER_SECOND = 1e6;
const NANOS_PER_SECOND = 1e9;

/** Shows what the process uses, read only when somebody asks. The event loop's lag is that since the last look. */
export function processMetrics(): { stop(): void } {
  const meter = metrics.getMeter('clearway');
  meter
    .createObservableCounter('process_cpu_seconds_total', {
      description: 'CPU time of the process, user and system',
    })
    .addCallback((result) => {
      const { user, system } = process.cpuUsage();
      result.observe((user + system) / MICROS_PER_SECOND);
    });
  const gauge = (name: string, description: string, read: () => number): void => {
    meter.createObservableGauge(name, { description }).addCallback((result) => result.observe(read()));
  };
  gauge('process_resident_memory_bytes', 'Resident memory of the process', () => process.memoryUsage.rss());
  gauge('nodejs_heap_used_bytes', 'Used part of the JavaScript heap', () => process.memoryUsage().heapUsed);
  gauge('process_uptime_seconds', 'Time since the process began', () => process.uptime());
  return eventLoopLag();
}

function eventLoopLag(): { stop(): void } {
  const meter = metrics.getMeter('clearway');
  const histogram = monitorEventLoopDelay({ resolution: EVENT_LOOP_RESOLUTION_MS });
  histogram.enable();
  const lag = meter.createObservableGauge('nodejs_eventloop_lag_seconds', {
    description: 'How late the event loop ran since the last look, by quantile (0.5, 0.99, 1)',
  });
  lag.addCallback((result) => {
    for (const quantile of [0.5, 0.99, 1]) {
      const delayMs = histogram.percentile(quantile * 100) / (NANOS_PER_SECOND / 1_000);
      const lagMs = Math.max(0, delayMs - EVENT_LOOP_RESOLUTION_MS);
      result.observe(Number.isFinite(lagMs) ? lagMs / 1_000 : 0, { quantile: String(quantile) });
    }
    histogram.reset();
  });
  return { stop: () => void histogram.disable() };
}
