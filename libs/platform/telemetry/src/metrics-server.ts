import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { OPEN_METRICS_TYPE, toOpenMetrics } from './open-metrics';

/** Where Prometheus fetches figures. */
export interface MetricsAddress {
  readonly host: string;
  readonly port: number;
}

const PATH = '/metrics';
const TEXT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Collects metrics when somebody asks for them, and only then: the plain text of Prometheus, or OpenMetrics with exemplars for
 * who accepts it. Stopping it as a metric reader frees the port.
 */
export class MetricsServer extends PrometheusExporter {
  private readonly server: Server;
  private readonly serializer = new PrometheusSerializer();

  constructor(private readonly address: MetricsAddress) {
    super({ ...address, preventServerStart: true });
    this.server = createServer((request, response) => void this.answer(request, response)).unref();
  }

  /** Listens; rejects when the address is taken. */
  override startServer(): Promise<void> {
    const { host, port } = this.address;
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen({ host, port }, resolve);
    });
  }

  override stopServer(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async answer({ url = '', headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (url.split('?', 1)[0] !== PATH) {
      response.writeHead(404).end();
      return;
    }
    try {
      const { resourceMetrics } = await this.collect();
      const text = this.serializer.serialize(resourceMetrics);
      const isOpen = headers.accept?.includes('application/openmetrics-text') === true;
      response.writeHead(200, { 'content-type': isOpen ? OPEN_METRICS_TYPE : TEXT_TYPE });
      response.end(isOpen ? toOpenMetrics(text) : text);
    } catch (error) {
      response.writeHead(500).end(`# failed to collect metrics: ${String(error)}\n`);
    }
  }
}
