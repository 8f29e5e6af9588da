// Opens the office: a chunk of its own, so that no shop-floor window carries it.
import { mount } from 'svelte';
import './office.css';
import { office } from '$lib/platform/office';
import OfficeFamily from './OfficeFamily.svelte';

/** Mounts the office's screens. */
export function open(target: HTMLElement): void {
  document.documentElement.classList.add('office');
  mount(OfficeFamily, { target, props: { office } });
}
