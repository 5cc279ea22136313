"""Publishing in the browser: the pages in which people make and edit what they own, by the services of the API."""
