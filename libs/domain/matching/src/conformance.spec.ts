import { runTable, tidy } from './testing/conformance-table';

/** One row, one call, its result. Each table is named after the defect that a public engine had. */
const tables: Record<string, string> = {
  'an empty book has nothing to trade': `
    best                          => - | -
    book                          => - | -
    plan buy 5@market             => - leaves 5 filled 0
    available sell 5@1            => 0
    ioc 1 sell 5@market           => - leaves 5
    counts                        => orders 0 | 0 levels 0 | 0
    depth buy 10                  => -`,

  'price first, then time': `
    gtc 1 sell 5@101              => - rests 5
    gtc 2 sell 5@100              => - rests 5
    gtc 3 sell 5@100              => - rests 5
    gtc 4 sell 5@102              => - rests 5
    book                          => - | 2:5@100 3:5@100 1:5@101 4:5@102
    gtc 5 buy 12@101              => 2:5@100 3:5@100 1:2@101 leaves 0
    book                          => - | 1:3@101 4:5@102`,

  'a partial fill keeps its place in the queue': `
    gtc 1 buy 10@100              => - rests 10
    gtc 2 buy 10@100              => - rests 10
    gtc 3 sell 4@100              => 1:4@100 leaves 0
    book                          => 1:6@100 2:10@100 | -
    gtc 4 sell 8@100              => 1:6@100 2:2@100 leaves 0
    book                          => 2:8@100 | -`,

  'a reduction keeps its place, at zero the order goes': `
    gtc 1 sell 10@100             => - rests 10
    gtc 2 sell 10@100             => - rests 10
    reduce 1 by 9                 => leaves 1
    book                          => - | 1:1@100 2:10@100
    level sell 100                => 11
    reduce 1 by 1                 => leaves 0
    order 1                       => none
    book                          => - | 2:10@100
    total sell                    => 10`,

  'makers trade at their own price and the rest crosses no further than the limit': `
    gtc 1 sell 1@100              => - rests 1
    gtc 2 sell 2@101              => - rests 2
    gtc 3 sell 3@103              => - rests 3
    gtc 4 buy 10@102              => 1:1@100 2:2@101 rests 7
    best                          => 102 | 103
    gtc 5 sell 9@101              => 4:7@102 rests 2
    best                          => - | 101
    book                          => - | 5:2@101 3:3@103`,

  'the remainder of an IOC never rests': `
    gtc 1 sell 3@100              => - rests 3
    plan buy 5@100                => 1:3@100 leaves 2 filled 3
    ioc 2 buy 5@100               => 1:3@100 leaves 2
    book                          => - | -
    order 2                       => none
    ioc 3 buy 5@100               => - leaves 5
    best                          => - | -`,

  'the remainder of a market order never rests': `
    gtc 1 buy 3@100               => - rests 3
    gtc 2 buy 3@1                 => - rests 3
    gtc 3 sell 10@market          => 1:3@100 2:3@1 leaves 4
    book                          => - | -`,

  'FOK trades all or nothing': `
    gtc 1 sell 3@100              => - rests 3
    gtc 2 sell 3@101              => - rests 3
    available buy 9@101           => 6
    available buy 4@101           => 4
    available buy 9@100           => 3
    available buy 9@99            => 0
    fok 3 buy 7@101               => - leaves 7
    fok 3 buy 6@100               => - leaves 6
    book                          => - | 1:3@100 2:3@101
    fok 3 buy 6@101               => 1:3@100 2:3@101 leaves 0
    book                          => - | -`,

  'post-only sees the opposite best, equal prices cross': `
    gtc 1 sell 3@100              => - rests 3
    post 2 buy 1@100              => would cross
    post 2 buy 1@101              => would cross
    post 2 buy 1@99               => - rests 1
    post 3 sell 1@99              => would cross
    post 3 sell 1@100             => - rests 1
    book                          => 2:1@99 | 1:3@100 3:1@100`,

  'a plan changes nothing': `
    gtc 1 sell 3@100              => - rests 3
    gtc 2 sell 3@101              => - rests 3
    plan buy 4@101                => 1:3@100 2:1@101 leaves 0 filled 4
    plan buy 4@101                => 1:3@100 2:1@101 leaves 0 filled 4
    plan buy 9@100                => 1:3@100 leaves 6 filled 3
    book                          => - | 1:3@100 2:3@101`,

  'a plan shows the first fill with the same owner, and nobody is nobody': `
    gtc 1 sell 1@100 owner 7      => - rests 1
    gtc 2 sell 1@100 owner 8      => - rests 1
    gtc 3 sell 1@100              => - rests 1
    plan buy 3@100 owner 8        => 1:1@100 2:1@100 3:1@100 leaves 0 filled 3 self at 1
    plan buy 1@100 owner 8        => 1:1@100 leaves 0 filled 1
    plan buy 3@100 owner 9        => 1:1@100 2:1@100 3:1@100 leaves 0 filled 3
    plan buy 3@100                => 1:1@100 2:1@100 3:1@100 leaves 0 filled 3
    order 2                       => sell 1@100 owner 8`,

  'self-trade prevention: cancel newest ends the taker where its own order stands': `
    gtc 1 sell 3@100 owner 8      => - rests 3
    gtc 2 sell 3@100 owner 7      => - rests 3
    gtc 3 sell 3@101 owner 8      => - rests 3
    plan buy 9@101 owner 7 cancel-newest  => 1:3@100 leaves 6 filled 3 taker cancelled
    gtc 4 buy 9@101 owner 7 cancel-newest => 1:3@100 leaves 6 taker cancelled
    book                          => - | 2:3@100 3:3@101
    gtc 5 buy 9@99 owner 7 cancel-newest  => - rests 9`,

  'self-trade prevention: cancel oldest clears the way': `
    gtc 1 sell 3@100 owner 8      => - rests 3
    gtc 2 sell 3@100 owner 7      => - rests 3
    gtc 3 sell 3@101 owner 8      => - rests 3
    gtc 4 sell 3@101 owner 7      => - rests 3
    gtc 5 buy 5@101 owner 7 cancel-oldest => 1:3@100 3:2@101 leaves 0 prevents 2:3
    book                          => - | 3:1@101 4:3@101
    gtc 6 buy 5@101 owner 7 cancel-oldest => 3:1@101 rests 4 prevents 4:3
    book                          => 6:4@101 | -`,

  'self-trade prevention: cancel both': `
    gtc 1 sell 3@100 owner 8      => - rests 3
    gtc 2 sell 3@100 owner 7      => - rests 3
    gtc 3 sell 3@101 owner 7      => - rests 3
    gtc 4 buy 9@101 owner 7 cancel-both   => 1:3@100 leaves 6 prevents 2:3 taker cancelled
    book                          => - | 3:3@101`,

  'self-trade prevention: decrement takes the smaller from both, without a trade': `
    gtc 1 sell 3@100 owner 7      => - rests 3
    gtc 2 sell 3@100 owner 8      => - rests 3
    gtc 3 sell 5@101 owner 7      => - rests 5
    gtc 4 buy 8@101 owner 7 decrement     => 2:3@100 leaves 0 prevents 1:3 prevents 3:2
    book                          => - | 3:3@101
    gtc 5 buy 4@101 owner 7 decrement     => - rests 1 prevents 3:3
    book                          => 5:1@101 | -`,

  'self-trade prevention: a FOK that would fall short harms nobody': `
    gtc 1 sell 3@100 owner 7      => - rests 3
    gtc 2 sell 3@100 owner 8      => - rests 3
    fok 3 buy 6@100 owner 7 cancel-oldest => - leaves 6
    fok 3 buy 6@100 owner 7 cancel-both   => - leaves 6
    fok 3 buy 6@100 owner 7 decrement     => - leaves 6
    book                          => - | 1:3@100 2:3@100
    fok 3 buy 3@100 owner 7 cancel-oldest => 2:3@100 leaves 0 prevents 1:3
    book                          => - | -`,

  'self-trade prevention: nobody is nobody, and allowing is the default': `
    gtc 1 sell 3@100              => - rests 3
    gtc 2 buy 1@100 owner 0 cancel-both   => 1:1@100 leaves 0
    gtc 3 sell 1@100 owner 4      => - rests 1
    gtc 4 buy 3@100 owner 4       => 1:2@100 3:1@100 leaves 0`,

  'cancelling first, middle and last of a level': `
    gtc 1 buy 1@100               => - rests 1
    gtc 2 buy 2@100               => - rests 2
    gtc 3 buy 3@100               => - rests 3
    gtc 4 buy 4@100               => - rests 4
    cancel 3                      => had 3
    book                          => 1:1@100 2:2@100 4:4@100 | -
    cancel 1                      => had 1
    cancel 4                      => had 4
    depth buy 5                   => 2@100/1
    cancel 2                      => had 2
    depth buy 5                   => -
    counts                        => orders 0 | 0 levels 0 | 0`,

  'dropping an order says what it was': `
    gtc 1 buy 4@100 owner 3       => - rests 4
    gtc 2 sell 1@100              => 1:1@100 leaves 0
    drop 2                        => none
    drop 1                        => 1 buy 3@100 owner 3
    drop 1                        => none
    gtc 3 sell 2@105              => - rests 2
    drop 3                        => 3 sell 2@105 owner 0
    counts                        => orders 0 | 0 levels 0 | 0`,

  'the best price comes back after its level empties, and an id may come again': `
    gtc 1 buy 1@100               => - rests 1
    gtc 2 buy 1@99                => - rests 1
    cancel 1                      => had 1
    best                          => 99 | -
    gtc 1 buy 1@101               => - rests 1
    best                          => 101 | -
    gtc 3 sell 2@99               => 1:1@101 2:1@99 leaves 0
    best                          => - | -`,

  'what cannot be is refused and changes nothing': `
    gtc 1 buy 5@100               => - rests 5
    gtc 1 sell 5@100              => throws order 1 is in the book already
    rest 1 buy 5@90               => throws order 1 is in the book already
    cancel 2                      => throws order 2 is not in the book
    reduce 2 by 1                 => throws order 2 is not in the book
    reduce 1 by 6                 => throws cannot reduce order 1 by 6 lots: it has 5
    reduce 1 by 0                 => throws cannot reduce order 1 by 0 lots
    rest 2 buy 5@market           => throws order 2 cannot rest at 0 ticks
    rest 2 buy 0@5                => throws order 2 cannot rest with 0 lots
    rest 2 buy 1.5@5              => throws order 2 cannot rest with 1.5 lots
    rest 2 buy 1@4503599627370496 => throws order 2 cannot rest at 4503599627370496 ticks
    rest 2 buy 4294967296@1       => throws order 2 cannot rest with 4294967296 lots
    rest 2 buy 1@1 owner 2147483648 => throws order 2 cannot have the owner 2147483648
    rest 0 buy 1@1                => throws 0 is not an order id
    gtc 2 sell 0@100              => throws order 2 cannot have 0 lots
    fok 2 sell -1@100             => throws order 2 cannot have -1 lots
    gtc 2 sell 1@-1               => throws -1 is not a limit price in ticks
    plan sell 1@0.5               => throws 0.5 is not a limit price in ticks
    book                          => 1:5@100 | -`,

  'the largest numbers': `
    gtc 9007199254740991 buy 4294967295@4503599627370495 owner -2147483648 => - rests 4294967295
    gtc 9007199254740990 buy 4294967295@4503599627370495 owner 2147483647 => - rests 4294967295
    total buy                     => 8589934590
    order 9007199254740991        => buy 4294967295@4503599627370495 owner -2147483648
    level buy 4503599627370495    => 8589934590
    gtc 1 sell 4294967295@1       => 9007199254740991:4294967295@4503599627370495 leaves 0
    book                          => 9007199254740990:4294967295@4503599627370495 | -`,

  'an iceberg shows itself anew behind the others of its price': `
    gtc 1 sell 25@100 show 10     => - rests 25
    gtc 2 sell 5@100              => - rests 5
    book                          => - | 1:10@100 2:5@100
    order 1                       => sell 10@100 owner 0 hides 15 shows 10
    depth sell 5                  => 15@100/2
    gtc 3 buy 4@100               => 1:4@100 leaves 0
    book                          => - | 1:6@100 2:5@100
    gtc 4 buy 6@100               => 1:6@100 leaves 0
    book                          => - | 2:5@100 1:10@100
    hidden sell                   => 5
    gtc 5 buy 15@100              => 2:5@100 1:10@100 leaves 0
    book                          => - | 1:5@100
    order 1                       => sell 5@100 owner 0
    hidden sell                   => 0`,

  'one order may meet the same icebergs several times, and they take turns': `
    gtc 1 sell 9@100 show 4       => - rests 9
    gtc 2 sell 2@100              => - rests 2
    gtc 3 sell 7@100 show 3       => - rests 7
    gtc 4 sell 1@101              => - rests 1
    plan buy 19@101               => 1:4@100 2:2@100 3:3@100 1:4@100 3:3@100 1:1@100 3:1@100 4:1@101 leaves 0 filled 19
    plan buy 15@100               => 1:4@100 2:2@100 3:3@100 1:4@100 3:2@100 leaves 0 filled 15
    gtc 5 buy 15@100              => 1:4@100 2:2@100 3:3@100 1:4@100 3:2@100 leaves 0
    book                          => - | 3:1@100 1:1@100 4:1@101
    order 3                       => sell 1@100 owner 0 hides 1 shows 3
    gtc 6 buy 9@101               => 3:1@100 1:1@100 3:1@100 4:1@101 rests 5
    counts                        => orders 1 | 0 levels 1 | 0`,

  'FOK counts what icebergs hide': `
    gtc 1 sell 25@100 show 10     => - rests 25
    available buy 30@100          => 25
    fok 2 buy 26@100              => - leaves 26
    fok 2 buy 25@100              => 1:10@100 1:10@100 1:5@100 leaves 0
    book                          => - | -`,

  'an iceberg that takes first shows only its part of the rest': `
    gtc 1 sell 5@100              => - rests 5
    gtc 2 buy 25@100 show 10      => 1:5@100 rests 20
    order 2                       => buy 10@100 owner 0 hides 10 shows 10
    gtc 3 sell 3@101              => - rests 3
    gtc 4 buy 9@101 show 10       => 3:3@101 rests 6
    order 4                       => buy 6@101 owner 0`,

  'a reduction takes the hidden lots first, and the order keeps its place': `
    gtc 1 sell 25@100 show 10     => - rests 25
    gtc 2 sell 5@100              => - rests 5
    reduce 1 by 12                => leaves 13
    order 1                       => sell 10@100 owner 0 hides 3 shows 10
    reduce 1 by 5                 => leaves 8
    order 1                       => sell 8@100 owner 0
    book                          => - | 1:8@100 2:5@100
    hidden sell                   => 0
    reduce 1 by 9                 => throws cannot reduce order 1 by 9 lots: it has 8
    cancel 1                      => had 8`,

  'a cancelled iceberg takes what it hides with it': `
    gtc 1 sell 25@100 show 10     => - rests 25
    gtc 2 sell 30@100 show 10     => - rests 30
    drop 1                        => 1 sell 25@100 owner 0
    cancel 2                      => had 30
    hidden sell                   => 0
    available buy 9@100           => 0
    gtc 1 sell 3@100              => - rests 3
    order 1                       => sell 3@100 owner 0`,

  'self-trade prevention meets all of an iceberg': `
    gtc 1 sell 25@100 owner 7 show 10       => - rests 25
    gtc 2 sell 25@100 owner 8 show 10       => - rests 25
    plan buy 40@100 owner 7 cancel-oldest   => 2:10@100 2:10@100 2:5@100 leaves 15 filled 25 prevents 1:25
    plan buy 40@100 owner 7 decrement       => 2:10@100 2:5@100 leaves 0 filled 15 prevents 1:25
    gtc 3 buy 12@100 owner 7 decrement      => - leaves 0 prevents 1:12
    book                                    => - | 1:10@100 2:10@100
    order 1                                 => sell 10@100 owner 7 hides 3 shows 10
    gtc 4 buy 9@100 owner 7 cancel-both     => - leaves 9 prevents 1:13 taker cancelled
    book                                    => - | 2:10@100`,

  'what an iceberg may display': `
    gtc 1 sell 1000@100 show 10   => - rests 1000
    rest 2 sell 1001@100 show 10  => throws order 2 cannot display 10 of 1001 lots
    rest 2 sell 9@100 show 1.5    => throws order 2 cannot display 1.5 of 9 lots
    rest 2 sell 9@100 show -1     => throws order 2 cannot display -1 of 9 lots
    rest 2 sell 9@100 show 9      => ok
    order 2                       => sell 9@100 owner 0
    fill 2 by 10                  => throws cannot fill order 2 by 10 lots: it has 9
    book                          => - | 1:10@100 2:9@100`,

  'orders at market wait for an auction unseen': `
    wait 1 buy 5@market owner 3   => ok
    wait 2 buy 7@market           => ok
    rest 3 buy 1@100              => ok
    order 1                       => buy 5@0 owner 3
    best                          => 100 | -
    counts                        => orders 3 | 0 levels 1 | 0
    available sell 9@1            => 1
    plan sell 9@1                 => 3:1@100 leaves 8 filled 1
    fill 1 by 2                   => leaves 3
    reduce 2 by 7                 => leaves 0
    drop 1                        => 1 buy 3@0 owner 3
    counts                        => orders 1 | 0 levels 1 | 0
    wait 4 sell 2@market          => ok
    order 4                       => sell 2@0 owner 0
    cancel 4                      => had 2`,

  'orders may rest crossed (a call phase): resting never matches': `
    rest 1 buy 5@101              => ok
    rest 2 sell 5@99              => ok
    best                          => 101 | 99
    book                          => 1:5@101 | 2:5@99`,
};

describe('conformance', () => {
  it.each(Object.entries(tables))('%s', (_, table) => {
    expect(runTable(table)).toBe(tidy(table));
  });
});
