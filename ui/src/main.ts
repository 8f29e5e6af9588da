// The entry of every family but the portal. The station is what a shop-floor window opens and is loaded at once; the office
// is fetched only where a browser asks the server for it.
import { mount } from 'svelte';
import '$lib/design/tokens.css';
import '$lib/design/base.css';
import App from './App.svelte';

const target = document.getElementById('app');
if (target && location.pathname.startsWith('/office')) void import('./office/open').then(({ open }) => open(target));
else if (target) mount(App, { target });
