// The desktop app's entry: the station, quality and board families over one model.
import { mount } from 'svelte';
import '$lib/design/tokens.css';
import '$lib/design/base.css';
import App from './App.svelte';

const target = document.getElementById('app');
if (target) mount(App, { target });
