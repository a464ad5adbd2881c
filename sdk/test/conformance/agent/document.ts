import { obeyAs, type Place } from './orders.js';

// page.html, popup.html and frame.html differ in their names alone.
obeyAs(location.pathname.slice(1, -'.html'.length) as Place);
