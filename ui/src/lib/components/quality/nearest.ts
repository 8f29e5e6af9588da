// Which defects an inspector most likely means by a tap.
import type { DefectCard } from '$lib/protocol/DefectCard';
import type { View } from '$lib/protocol/View';
import { apart, type Place } from './outline';

/** All defects, the likeliest for this place first; those equally far keep the catalogue's order. */
export function nearest(cards: readonly DefectCard[], place: Place): DefectCard[] {
  return [...cards].sort((one, other) => apart(place, one.defect) - apart(place, other.defect));
}

/** The defects of one view, those near the place first. */
export function nearestOn(cards: readonly DefectCard[], view: View, place: Place): DefectCard[] {
  return nearest(cards.filter((card) => card.defect.view === view), place);
}

/** A page of a list, and how many pages there are; the page is brought into range. */
export function pageOf<T>(items: readonly T[], size: number, wanted: number): { items: T[]; page: number; pages: number } {
  const pages = Math.max(1, Math.ceil(items.length / size));
  const page = Math.min(pages - 1, Math.max(0, wanted));
  return { items: items.slice(page * size, (page + 1) * size), page, pages };
}
