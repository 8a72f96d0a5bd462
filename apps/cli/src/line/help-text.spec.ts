import { COMMANDS } from '../commands';
import { coloursOf } from '../output/colours';
import { nameOf } from './command';
import { commandHelp, generalHelp } from './help-text';

const PLAIN = coloursOf(false);

describe('help', () => {
  it('of the whole program names every command', () => {
    const text = generalHelp(COMMANDS, PLAIN);
    expect(COMMANDS.filter((command) => !text.includes(`  ${nameOf(command)}`)).map(nameOf)).toEqual([]);
  });

  it('of one command shows words, options and an example', () => {
    const place = COMMANDS.find((command) => nameOf(command) === 'place');
    expect(place && `\n${commandHelp(place, PLAIN)}\n`).toMatchInlineSnapshot(`
"
Usage: clearway place ACCOUNT SIDE QTY SYMBOL [PRICE] [options]

Place an order.

For example: clearway place alice.main buy 10 AAPL 231.50 --tif gtc
             clearway place alice.main sell 10 AAPL 231.50 --until 2h
             clearway place alice.main buy 10 AAPL --market --tif auction
An order --tif auction takes part in the auction that collects now and in no other.

Options
  --market        instead of PRICE: at the market, within the collar
  --tif TIF       time in force: day, gtc, ioc, fok, gtd, auction
  --post-only     refuse it when it would trade at once
  --stop PRICE    wait for a trade at this price, then PRICE is the limit (--market: none)
  --trail OFFSET  with --market: wait at this distance from the best price
  --until TIME    good until then, for example 2027-01-31T17:00:00Z, or in 30s, 5m, 2h, 7d
  --display QTY   an iceberg: show no more than this at a time
  --stp MODE      when it would trade with your own resting order: newest, oldest, both, decrement, allow
  --id KEY        idempotency key: the same key asks about the same request again (default: a new one)

Options of every command
  --json             print one JSON document instead of text
  --stack FILE       the stack's description (default: .clearway/stack.json)
  --as NAME          act as a participant instead of as operator
  --cert FILE        with --key: certificate of another operator
  --key FILE         its private key
  --timeout SECONDS  longest wait for one answer (default 10)
  --no-color         plain text; so does NO_COLOR, and output that is not a terminal
  --help             how to use the command
"
`);
  });
});
