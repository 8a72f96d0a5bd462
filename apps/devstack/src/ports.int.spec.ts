import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { choosePorts } from './ports';

describe('choosePorts', () => {
  let server: Server;

  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(() => void server.close());

  function takenPort(): number {
    return (server.address() as { port: number }).port;
  }

  it('finds free ports that differ', async () => {
    const ports = await choosePorts(['a', 'b', 'c', 'd'], 0);
    expect([...ports.keys()]).toEqual(['a', 'b', 'c', 'd']);
    expect(new Set(ports.values()).size).toBe(4);
  });

  it('names the taken port, who wanted it, who has it, and what to do', async () => {
    const choosing = choosePorts(['trading', 'risk'], takenPort() - 1);
    await expect(choosing).rejects.toThrow(
      new RegExp(`Port (${takenPort()}|${takenPort() - 1}) on 127.0.0.1`),
    );
    await expect(choosePorts(['risk'], takenPort())).rejects.toThrow('wanted for risk, is taken by');
    await expect(choosePorts(['risk'], takenPort())).rejects.toThrow('--ports-from');
    if (process.platform === 'linux')
      await expect(choosePorts(['risk'], takenPort())).rejects.toThrow(`by node (pid ${process.pid})`);
  });
});
