import { metrics } from '@opentelemetry/api';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { Figures } from './figures';

class Scrape extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}

  /** `name value` of every row. */
  async rows(): Promise<string[]> {
    const { resourceMetrics } = await this.collect();
    const all = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
    return all.flatMap(({ descriptor, dataPoints }) =>
      dataPoints.map(({ value }) => `${descriptor.name} ${value as number}`),
    );
  }
}

describe('Figures', () => {
  const scrape = new Scrape();
  let provider: MeterProvider;

  beforeAll(() => {
    provider = new MeterProvider({ readers: [scrape] });
    metrics.setGlobalMeterProvider(provider);
  });

  afterAll(async () => {
    metrics.disable();
    await provider.shutdown();
  });

  function shownBy(figures: Figures, value: number, asked: number[]): void {
    figures.gauge('a_gauge', 'One.', (observe) => {
      asked.push(value);
      observe(value);
    });
    figures.counter('a_total', 'One.', (observe) => observe(value));
    const together = { x: { name: 'x', description: 'X.' }, y: { name: 'y', description: 'Y.' } };
    figures.gauges(together, async (observe) => {
      asked.push(value);
      observe('x', value);
      observe('y', value);
    });
  }

  it('are shown while what they tell of is there, and nobody is asked afterwards', async () => {
    const asked: number[] = [];
    const [first, second] = [new Figures(), new Figures()];
    shownBy(first, 1, asked);
    expect((await scrape.rows()).sort()).toEqual(['a_gauge 1', 'a_total 1', 'x 1', 'y 1']);
    first.end();
    shownBy(second, 2, asked);
    asked.length = 0;
    expect((await scrape.rows()).sort()).toEqual(['a_gauge 2', 'a_total 2', 'x 2', 'y 2']);
    expect(asked).toEqual([2, 2]);
    shownBy(first, 3, asked);
    second.end();
    second.end();
    asked.length = 0;
    await scrape.rows();
    expect(asked).toEqual([]);
  });
});
