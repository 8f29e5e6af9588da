// How components reach the station and the screens without passing them through every layer.
import { createContext } from 'svelte';
import type { Screens } from './Screens.svelte';
import type { StationModel } from './StationModel.svelte';

export const [station, provideStation] = createContext<StationModel>();
export const [screens, provideScreens] = createContext<Screens>();
