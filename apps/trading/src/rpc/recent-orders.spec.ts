import { RecentOrders } from './recent-orders';

it('keeps the last ones and gives back whom each new one replaces', () => {
  const recent = new RecentOrders(3);
  expect([1, 2, 3, 4, 5].map((number) => recent.add(number))).toEqual([
    undefined,
    undefined,
    undefined,
    1,
    2,
  ]);
  expect([...recent].sort()).toEqual([3, 4, 5]);
  expect([6, 7, 8].map((number) => recent.add(number))).toEqual([3, 4, 5]);
});
