import { metrics, type Observable, type ObservableResult } from '@opentelemetry/api';

/** Labels of one row. */
export type FigureLabels = Readonly<Record<string, string>>;
/** Tells the rows of a figure. */
export type ShowFigure = (observe: (value: number, labels?: FigureLabels) => void) => void | Promise<void>;

/** A figure of several that are read together. */
export interface NamedFigure {
  readonly name: string;
  readonly description: string;
}

/**
 * Figures that are read only when somebody asks, for as long as what they tell of is there. A shard comes to a process and
 * leaves it again many times: what is registered for one life and not taken back would be asked at every scrape for ever,
 * and keep the whole state of that life in memory.
 */
export class Figures {
  private readonly ends: (() => void)[] = [];
  private isEnded = false;

  /** A figure that goes up and down. */
  gauge(name: string, description: string, show: ShowFigure): void {
    this.show(metrics.getMeter('clearway').createObservableGauge(name, { description }), show);
  }

  /** A figure that only rises, from its beginning in this process. */
  counter(name: string, description: string, show: ShowFigure): void {
    this.show(metrics.getMeter('clearway').createObservableCounter(name, { description }), show);
  }

  /** Gauges whose rows come from one look. */
  gauges<Key extends string>(
    figures: Readonly<Record<Key, NamedFigure>>,
    show: (observe: (figure: Key, value: number, labels?: FigureLabels) => void) => Promise<void>,
  ): void {
    if (this.isEnded) return;
    const meter = metrics.getMeter('clearway');
    const byKey = new Map<Key, Observable>();
    for (const key of Object.keys(figures) as Key[]) {
      const { name, description } = figures[key];
      byKey.set(key, meter.createObservableGauge(name, { description }));
    }
    const all = [...byKey.values()];
    const callback: Parameters<typeof meter.addBatchObservableCallback>[0] = async (result) => {
      await show((figure, value, labels) => {
        const gauge = byKey.get(figure);
        if (gauge !== undefined) result.observe(gauge, value, labels);
      });
    };
    meter.addBatchObservableCallback(callback, all);
    this.ends.push(() => meter.removeBatchObservableCallback(callback, all));
  }

  /** Takes everything back; what is shown afterwards is not registered. Safe to call twice. */
  end(): void {
    this.isEnded = true;
    for (const end of this.ends.splice(0)) end();
  }

  private show(figure: Observable, show: ShowFigure): void {
    if (this.isEnded) return;
    const callback = (result: ObservableResult) => show((value, labels) => result.observe(value, labels));
    figure.addCallback(callback);
    this.ends.push(() => figure.removeCallback(callback));
  }
}
