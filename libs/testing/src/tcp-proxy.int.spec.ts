import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { TcpProxy } from './tcp-proxy';
import { until } from './until';

describe('TcpProxy', () => {
  let echo: Server;
  let proxy: TcpProxy;
  const heard: string[] = [];
  const sockets: Socket[] = [];

  beforeAll(async () => {
    echo = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        heard.push(String(chunk));
        socket.write(chunk);
      });
    });
    await new Promise<void>((resolve) => {
      echo.listen(0, '127.0.0.1', resolve);
    });
    proxy = await TcpProxy.start((echo.address() as AddressInfo).port);
  });

  afterEach(() => {
    heard.length = 0;
    for (const socket of sockets.splice(0)) socket.destroy();
    proxy.heal();
  });

  afterAll(async () => {
    await proxy.close();
    echo.close();
  });

  /** A client whose `got` is everything that came back, and whose `isOver` tells that the connection broke. */
  const dial = (): { socket: Socket; got: () => string; isOver: () => boolean } => {
    const socket = connect(proxy.port, '127.0.0.1');
    sockets.push(socket);
    const parts: string[] = [];
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => parts.push(String(chunk)));
    return { socket, got: () => parts.join(''), isOver: () => socket.destroyed };
  };

  it('passes bytes both ways', async () => {
    const client = dial();
    client.socket.write('hello');
    await until('the echo', () => client.got() === 'hello');
  });

  it('keeps requests back and gives them on in order', async () => {
    const client = dial();
    client.socket.write('1');
    await until('the first echo', () => client.got() === '1');
    proxy.hold('requests');
    client.socket.write('2');
    client.socket.write('3');
    await until('the bytes to be held', () => proxy.heldBytes === 2);
    expect(heard).toEqual(['1']);
    proxy.heal();
    await until('the late echo', () => client.got() === '123');
  });

  it('lets requests through while it keeps answers back, also on new connections', async () => {
    proxy.hold('answers');
    const client = dial();
    client.socket.write('x');
    await until('the request to arrive', () => heard.join('') === 'x');
    await until('the answer to be held', () => proxy.heldBytes === 1);
    expect(client.got()).toBe('');
    proxy.heal();
    await until('the late answer', () => client.got() === 'x');
  });

  it('breaks what stands and refuses what comes until it is healed', async () => {
    const standing = dial();
    standing.socket.write('a');
    await until('the echo', () => standing.got() === 'a');
    proxy.cut();
    await until('the break', standing.isOver);
    const refused = dial();
    await until('the refusal', refused.isOver);
    proxy.heal();
    const again = dial();
    again.socket.write('b');
    await until('the echo', () => again.got() === 'b');
  });

  it('passes late bytes on in order, also when the delay ends before they arrive', async () => {
    const client = dial();
    client.socket.write('0');
    await until('the echo', () => client.got() === '0');
    proxy.delay(200);
    const sentAtMs = performance.now();
    client.socket.write('1');
    await until('the delay to hold it', () => client.socket.bytesWritten === 2);
    setTimeout(() => {
      proxy.delay(0);
      client.socket.write('2');
    }, 50);
    await until('both', () => client.got() === '012');
    expect(performance.now() - sentAtMs).toBeGreaterThan(190);
  });

  it('swallows what it gets in a black hole, and breaks what lost bytes when it is healed', async () => {
    const [lossy, idle] = [dial(), dial()];
    for (const { socket } of [lossy, idle]) socket.write('a');
    await until('the echoes', () => lossy.got() === 'a' && idle.got() === 'a');
    proxy.blackHole();
    lossy.socket.write('lost');
    const late = dial();
    late.socket.write('lost too');
    await until(
      'the new connection to be taken',
      () => late.socket.bytesWritten > 0 && !late.socket.connecting,
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(heard.join('')).toBe('aa');
    expect([lossy.isOver(), late.isOver()]).toEqual([false, false]);
    proxy.heal();
    await until('both to break', () => lossy.isOver() && late.isOver());
    idle.socket.write('b');
    await until('the echo', () => idle.got() === 'ab');
  });
});
