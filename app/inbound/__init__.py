"""What comes down from the province: its vacancies, and what became of applications for them."""
