import { describe, expect, it } from 'vitest';
import { CARD_WIDTH_MM, stepped } from './ruler';

describe('the bank-card ruler', () => {
  it('moves by one pixel, and back to where it was', () => {
    const wider = stepped(3.78, 1);
    expect(Math.round(wider * CARD_WIDTH_MM)).toBe(Math.round(3.78 * CARD_WIDTH_MM) + 1);
    expect(Math.round(stepped(wider, -1) * CARD_WIDTH_MM)).toBe(Math.round(3.78 * CARD_WIDTH_MM));
  });

  it('stays within screens that exist', () => {
    expect(stepped(1.6, -1)).toBe(1.6);
    expect(stepped(12, 1)).toBe(12);
  });
});
