/**
 * What the right answers to the gate's cases hash to. The benchmark publishes no hashes for them: it compares with reference
 * engines that it builds. These came from one of its three references, hroptatyr/clob (commit 812137a3), built and driven
 * with the benchmark's own adapter (commit 41656c8), which also gave the published hashes of the scenarios.
 * `reports` is the beginning of the SHA-256 of the canonical reports, as the gate cuts it; `states` that of the trace of the
 * book after every message (see `state-trace.ts`), undefined where the gate compares no states.
 */
export interface ExpectedCase {
  readonly reports: string;
  readonly states: string | undefined;
}

/** How many hexadecimal digits of a hash the gate compares. */
export const HASH_DIGITS = 16;

/** The expected answers by the case's name. */
export const EXPECTED_CASES: Readonly<Record<string, ExpectedCase>> = {
  cancel_best_ask_minimal_reprobe: { reports: 'e45178911a3462b2', states: '059b19078b386744' },
  cancel_best_level_minimal_reprobe: { reports: '1d650d440eaecfdc', states: 'c24850986ec479a9' },
  cancel_empties_entire_side_then_refill: { reports: 'e41bd25b76133df9', states: '7827079c67643b0d' },
  cancel_head_then_sweep: { reports: 'dc385d8aaa244607', states: 'efc2ebf9dc6a6b11' },
  cancel_middle_then_sweep: { reports: 'befeec1db0e8014e', states: 'efc2ebf9dc6a6b11' },
  cancel_never_issued_id: { reports: 'da564be075efbea3', states: '19fd9ec7b7dbefb1' },
  deep_fifo_scattered_cancel: { reports: 'aebabd03e45246fe', states: 'a828fc0804bff0ab' },
  deep_recursive_sweep_5000: { reports: '8c1ce06a623efd34', states: undefined },
  exact_multilevel_boundary: { reports: 'f19cc44fa5bdab91', states: 'e22d4c50d2cf937c' },
  fifo_priority: { reports: '2215b9447a2bf28b', states: '2fb188659833b9bc' },
  fifo_same_price_multi_aggressor: { reports: '388ddaee3a5bd06d', states: 'eaac6ba2d1782bc9' },
  full_fill_then_stale_cancel: { reports: 'a800d5d54777e50f', states: '568564f3f064148c' },
  ioc_partial_fill_must_not_rest: { reports: '975db28184364a21', states: '568564f3f064148c' },
  large_order_id_ceiling: { reports: 'bddc3d84a7e446f9', states: '14607635b769f023' },
  limit_order_stops_at_own_price: { reports: 'ea7aa273faf74258', states: 'e464ac0a867a705e' },
  modify_into_cross: { reports: 'b3c1b1296a969c6c', states: '2a0b065c3e1794d7' },
  modify_into_cross_price_improvement: { reports: '7f337d5c243273e0', states: '1a6d7fbc1bcb9be1' },
  modify_partially_filled_residual: { reports: '38e555e4bfbad651', states: 'f01966fde3c98954' },
  modify_shared_level_sibling_survives: { reports: 'ef917d82e90f6a9a', states: '8e9dbc1cf7f2847e' },
  multi_level_ioc_sweep: { reports: 'df84e060a744cd99', states: '1e470f9234663da3' },
  partial_fill_exact_residual_drain: { reports: '1c597fa55b506baf', states: 'f906ab18f99958c0' },
  partial_fill_then_cancel: { reports: '02e86f14dfe80fba', states: '92c93e89962aedf3' },
  phantom_trade_exact_exhaust: { reports: 'b147324f203a3cb2', states: '9d9bfe2e5622c919' },
  post_sweep_book_health: { reports: '0c4605641739491b', states: '473cab153a30bf2f' },
  price_priority_both_sides_reverse_arrival: { reports: '8e7b6cdf94989d86', states: 'b24887539bec64b3' },
  reuse_id_after_cancel: { reports: '28b54b07e353dd2c', states: '7580cf2614c636df' },
  reuse_id_after_full_fill: { reports: '9bf3952dc11333d8', states: '7580cf2614c636df' },
  same_level_full_double_consume: { reports: 'f89d89aab176ac8d', states: '05b74c362ca09735' },
  stale_modify_after_full_fill: { reports: '2f481bf5157a6403', states: 'e8f457cb3471d933' },
  stale_ops_after_cancel: { reports: 'a9842c4f21ec6275', states: '615a343b019f99e9' },
  sweep_residual_becomes_bbo: { reports: '2039d1daf50d70d4', states: 'fa7d77850077149d' },
  taker_price_both_directions: { reports: '01ce6d414c0fa660', states: '243ed9458d080b58' },
  two_level_cancel_sell_priority: { reports: '10e2fc074e81b024', states: 'ec090f9fc1ed543b' },
  wide_in_domain_price_ceiling: { reports: '1880ebebc50c841b', states: 'cd2c0986108e3c90' },
};
