import { RpcChannel, type RpcChannelOptions } from '@clearway/platform-rpc';

/** One channel an address, opened at its first use and closed with all the others or when it is no longer among the wanted. */
export class OwnerChannels {
  private readonly byAddress = new Map<string, RpcChannel>();

  constructor(private readonly options: Omit<RpcChannelOptions, 'address'>) {}

  /** The channel to HOST:PORT. */
  to(address: string): RpcChannel {
    let channel = this.byAddress.get(address);
    if (channel === undefined) {
      channel = new RpcChannel({ ...this.options, address });
      this.byAddress.set(address, channel);
    }
    return channel;
  }

  /** Closes the channels to every other address; calls on them still finish. */
  keepOnly(addresses: ReadonlySet<string>): void {
    for (const [address, channel] of this.byAddress) {
      if (addresses.has(address)) continue;
      this.byAddress.delete(address);
      channel.close();
    }
  }

  /** Closes all of them. */
  close(): void {
    this.keepOnly(new Set());
  }
}
