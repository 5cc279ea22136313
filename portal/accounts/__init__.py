"""How people get into the portal: what is ours around django-allauth and django-axes."""
