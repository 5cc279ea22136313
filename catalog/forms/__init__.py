"""Forms of the pages in which people publish. What they give goes to the services, as the API's bodies do."""
